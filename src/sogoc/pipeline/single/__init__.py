"""Single records: a delivery that speaks for the records in it and for nothing else."""

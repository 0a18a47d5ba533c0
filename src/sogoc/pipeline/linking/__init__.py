"""By what the persons of a run are linked, and what the run promises of its links."""

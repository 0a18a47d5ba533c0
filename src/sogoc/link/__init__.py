"""Who is meant: each person of a record against the population register."""

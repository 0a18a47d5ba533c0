"""What the journal keeps and for how long: the rule file, lawful erasure, orders on visibility."""

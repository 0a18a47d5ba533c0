"""Pages about who is meant by a record, why, and what a person decides about it."""

"""What people decided: who is meant by a record, and which records are one person."""

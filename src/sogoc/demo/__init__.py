"""A small made-up country, with the truth about it kept apart."""

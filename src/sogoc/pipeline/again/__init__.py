"""A delivery that comes again: what the run before left, and what of it is carried on."""

"""Numbers that an office gave out: each file knows the rules of one office."""

"""A worklist that comes back: opened, held against what was sent, shown, then applied."""

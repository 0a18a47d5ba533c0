"""What can be asked of a register: which questions its contract offers, and how each is written."""

"""A contract file becomes a register, or the list of all its mistakes with their lines."""

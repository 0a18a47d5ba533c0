"""How good a register is, by a dated rule file."""

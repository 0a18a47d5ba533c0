"""Every rule of a register in one pass: who fails, and why."""

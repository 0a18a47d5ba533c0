"""Sổ Gốc: the books of first entry of a government, kept correct, sufficient, clean and alive."""

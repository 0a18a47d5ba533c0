"""Rounds: persons by the million verified by another node, in signed, encrypted packages."""

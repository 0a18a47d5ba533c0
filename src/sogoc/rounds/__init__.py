"""Rounds: persons by the million sent to be verified in signed, encrypted packages, and the answer."""

"""Interfaces that others defined, each answered by the same decision, look-up and journal."""

"""Asking other nodes as a program does it: one call a question, pages and batches included."""

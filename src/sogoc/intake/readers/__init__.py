"""Readers of files and databases: what an officer has becomes sheets of texts."""

"""Persons who may stand twice in a table: it is linked with itself, and people judge the pairs."""

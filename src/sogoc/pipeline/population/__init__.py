"""The persons of each release: tables for SQL and, where it pays, an index that is refreshed."""

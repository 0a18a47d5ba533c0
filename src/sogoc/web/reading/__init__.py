"""Reads what the pages show; decides nothing and writes nothing."""

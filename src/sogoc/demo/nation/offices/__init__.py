"""Offices write the nation down in registers: whom records are about, and what goes wrong."""

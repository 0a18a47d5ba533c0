"""Stand-ins that keep the promises of the real ones."""

"""A day in the life of six nodes: traffic, and everything that goes wrong, then the reckoning."""

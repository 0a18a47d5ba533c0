"""The population request in the shape of the national platform, and a simulator of it."""

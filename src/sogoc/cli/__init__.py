"""The command line: the only folder that prints and reads the environment."""

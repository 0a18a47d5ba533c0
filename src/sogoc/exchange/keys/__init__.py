"""Keys that follow one another: the hub's, and those of journals."""

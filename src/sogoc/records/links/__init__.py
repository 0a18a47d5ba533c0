"""What became of links over the runs: they keep their number, and their events can be read."""

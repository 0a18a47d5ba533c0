"""Patience with other nodes, and its end: tries and pauses, deadlines, places for each peer."""

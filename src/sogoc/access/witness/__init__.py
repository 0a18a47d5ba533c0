"""What a node does for others' journals: keep their checkpoints, see that they only grow, sign."""

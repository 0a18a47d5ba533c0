"""The person index: the population's tables on disk, with flat arrays that need no loading."""

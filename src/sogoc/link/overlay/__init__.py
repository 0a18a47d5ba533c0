"""Changes of the population laid over a person index, without building it again."""

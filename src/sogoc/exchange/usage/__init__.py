"""The subject's view: who used a person's data, asked by whoever signs that person in."""

"""Why linking decided as it did: the weights of one pair, in figures, in words, as a picture."""

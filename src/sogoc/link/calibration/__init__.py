"""From posteriors to probabilities: learned from labels, published with a bound."""

"""What the workers of a node share when they answer: turns taken together, rates, look-ups."""

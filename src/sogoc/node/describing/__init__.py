"""What a node says of itself to others: its catalogue, and its figures."""

"""What a node counts for its operator: figures and bounded words, nobody's data."""

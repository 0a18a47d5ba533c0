"""What a node counts and traces for its operator: figures and bounded words, nobody's data."""

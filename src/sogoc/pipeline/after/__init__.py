"""What happens to a delivery after it was stored: corrections, a new score, taking it back."""

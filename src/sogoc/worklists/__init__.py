"""What one unit must repair, in its own form, out and back."""

"""Records with history: what is true when, and believed when."""

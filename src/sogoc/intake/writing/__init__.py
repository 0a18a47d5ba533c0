"""The writing of old fonts and typing programs, recovered as Unicode."""

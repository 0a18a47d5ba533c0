"""What the command line says, and in whose words: sentences, summaries, progress."""

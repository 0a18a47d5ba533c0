"""One spelling per kind: text becomes a value, or a named flaw beside the text."""

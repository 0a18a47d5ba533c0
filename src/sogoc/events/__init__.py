"""The feed of changes: what happened to which record, in one order that never changes."""

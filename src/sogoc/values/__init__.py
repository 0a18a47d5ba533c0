"""One value: each file reads one kind of thing, and says in words how it can be wrong."""

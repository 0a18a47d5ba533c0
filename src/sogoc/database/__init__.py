"""The node's state: one PostgreSQL, its migrations, and who may connect."""

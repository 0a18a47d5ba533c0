"""How a node stands, as its operator sees it."""

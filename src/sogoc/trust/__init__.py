"""Keys, signed messages and proofs: what lets a stranger believe a node, or refuse to."""

"""The door between nodes: signed questions in, signed answers out."""

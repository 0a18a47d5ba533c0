"""Which pairs of a record and a person are compared, and how each comparison comes out."""

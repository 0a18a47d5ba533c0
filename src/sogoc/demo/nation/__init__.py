"""A whole made-up nation and registers of its people, with the truth apart, made in slices."""

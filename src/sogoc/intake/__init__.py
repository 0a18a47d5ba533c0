"""A delivery is read as it came: cells, header, form, and the writing it is in."""

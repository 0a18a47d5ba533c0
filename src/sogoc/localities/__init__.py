"""Provinces and communes, by date, and what became of the old ones."""

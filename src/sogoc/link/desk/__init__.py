"""The desk: one person asked about, answered as a whole register would be, without SQL."""

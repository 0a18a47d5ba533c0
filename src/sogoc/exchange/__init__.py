"""Questions and answers between nodes: addresses, directory, the order of an answer."""

"""The made-up country as six nodes, each a process of its own: started, asked, stopped."""

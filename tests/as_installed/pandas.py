"""Nothing that is installed with sogoc brings pandas; what commands find here says so to them."""

raise ModuleNotFoundError("No module named 'pandas'", name="pandas")

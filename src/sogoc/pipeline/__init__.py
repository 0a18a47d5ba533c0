"""One delivery through all the stages, stopped and resumed."""

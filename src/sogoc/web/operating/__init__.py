"""What stands around the addresses for the operator: figures and traces."""

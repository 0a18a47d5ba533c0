"""What a node offers others beside its registers: services of its own, rounds, façades."""

"""GovStack: Digital Registries, and the directory and rooms of the Information Mediator."""

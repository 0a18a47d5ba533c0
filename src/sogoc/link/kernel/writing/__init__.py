"""The kernel as a text: what the policy says, put into Python that compiles."""

"""One record for each request: who asked which service, how it went, how long it took."""

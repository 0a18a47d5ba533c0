"""Pages and APIs: the only folder that knows requests and status codes."""

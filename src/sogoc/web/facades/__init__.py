"""Addresses of the façades: paths, statuses and bodies as each specification has them."""

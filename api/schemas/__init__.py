"""Requests and responses. `from_domain` functions are the only way out of the product's own values."""

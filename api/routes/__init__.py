"""One module a resource; handlers of a few lines."""

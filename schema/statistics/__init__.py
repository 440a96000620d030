"""Statistics in the graph: the fields of `statistics`, and what hangs on other types."""

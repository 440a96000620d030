"""People in the graph."""

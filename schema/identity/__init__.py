"""Users in the graph."""

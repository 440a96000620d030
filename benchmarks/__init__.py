"""What the layers cost: the real server against hand-written handlers that do the same work."""

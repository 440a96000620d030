"""What the operator sees of the running product: metrics, logs and traces. Knows none of the other packages."""

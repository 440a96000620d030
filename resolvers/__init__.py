"""The domain layer: business rules as plain async functions, one file per domain, and the graph's batch functions."""

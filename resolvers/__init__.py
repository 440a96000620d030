"""The business: plain async functions, one file a domain, and the batch functions of the graph's links."""

"""The graph: its types, one file a domain, and how an operation runs."""

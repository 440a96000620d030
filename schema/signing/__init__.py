"""Signing in the graph: resumes, companies and contracts, handlers, and applications."""

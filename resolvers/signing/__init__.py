"""Signing: resumes, companies and contracts, handlers, and applications with their transitions."""

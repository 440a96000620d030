"""Signing: resumes, companies and their contracts, handlers, and applications."""

"""The GraphQL API: its types and mutations, one file per domain, and the engine that runs operations."""

"""Statistics: each is one statement, which the database aggregates."""

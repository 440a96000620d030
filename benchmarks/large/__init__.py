"""A large database, and how long each call takes on it."""

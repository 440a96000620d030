"""How well a resume fits a feed, and why. Nothing here knows the database."""

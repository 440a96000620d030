"""The matching engine: scores how well a resume fits a feed, and explains why. It does not use the database."""

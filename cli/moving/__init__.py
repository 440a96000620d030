"""Moving out and back in: everything as files that other programs read."""

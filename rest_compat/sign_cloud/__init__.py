"""The sign cloud's mini-program."""

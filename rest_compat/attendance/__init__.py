"""The attendance back end."""

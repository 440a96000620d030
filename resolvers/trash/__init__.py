"""Deleting so that it can be undone: the rows of an object are kept for a while, and restored with the same ids."""

"""Merging two users who are one person."""

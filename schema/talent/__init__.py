"""Talent feeds in the graph."""

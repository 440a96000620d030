"""Talent feeds: recruiters, their feeds, and recommendations."""

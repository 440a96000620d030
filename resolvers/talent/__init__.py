"""Talent feeds: recruiters, what they look for, and whom they are recommended."""

"""Searching posts, people, projects, companies and resumes by words."""

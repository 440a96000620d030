"""Backups: one archive with the database, the uploads and a manifest of both."""

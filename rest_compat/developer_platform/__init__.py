"""The developer platform: `/api`."""

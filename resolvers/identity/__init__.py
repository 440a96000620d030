"""Users: accounts, signing in, credentials, and import by administrators."""

"""Authentication and authorisation: principal, policies, passwords, tokens, sessions, codes and message channels."""

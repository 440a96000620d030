"""Who is calling and what they may do: principal, policies, passwords, tokens, sessions, codes and channels."""

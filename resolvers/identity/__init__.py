"""People: who they are, how they sign in, and how administrators add them."""

"""How fast the server is: against plain handlers, against other servers that do the same work, and as data grows."""

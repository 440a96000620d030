"""Storage: the tables, one file a domain, the engines, the migrations and the errors every layer may raise."""

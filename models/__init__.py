"""Storage: the tables, one file per domain, the database access, the migrations and the domain errors."""

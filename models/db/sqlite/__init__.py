"""SQLite in this process.

A read runs where it is asked for, on a connection that is always open, which takes some microseconds; one
that turns out to be long is interrupted and runs again on a thread, as the same statement does from then on.
So the event loop never waits for a statement without bounds. Writes run on one thread, on one connection,
and transactions that wait for each other are committed together.
"""

from models.db.sqlite.reads import SqliteReads
from models.db.sqlite.writes import SqliteTransaction, SqliteWriter

__all__ = ["SqliteReads", "SqliteTransaction", "SqliteWriter"]

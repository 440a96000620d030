"""SQLite connections, and the execution of statements on them."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from models.db.outages import unavailable
from models.db.prepared import Prepared, Values
from models.db.rows import reader
from models.json_sql import BASE64_FUNCTION, FLOAT_FUNCTION, base64url, shown_float

_OUTAGES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
_PRIMARY = 0xFF
"""What an error's code is without the detail that SQLite adds."""


def connect(path: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    """A connection whose transactions begin where this module says so."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=1024)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function(BASE64_FUNCTION, 1, base64url, deterministic=True)
    connection.create_function(FLOAT_FUNCTION, 1, shown_float, deterministic=True)
    return connection


def run(connection: sqlite3.Connection, prepared: Prepared, values: Values) -> Sequence[Row[Any]]:
    """All rows of a statement."""
    cursor = connection.execute(prepared.sql, values)
    raw = cursor.fetchall()
    if not raw:
        return raw
    read = prepared.read or reader(tuple([column[0] for column in cursor.description]))
    return read(raw)


def translated(error: sqlite3.Error, sql: str) -> Exception:
    """Unavailable where the disk or another process is at fault, else the error as SQLAlchemy would raise it."""
    if getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _OUTAGES:
        return unavailable(error)
    found: Exception = DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True)
    return found

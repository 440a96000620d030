"""Connections, and statements on them."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from models.db.prepared import Prepared, Values
from models.db.rows import reader

BUSY_TIMEOUT_MS = 30_000


def connect(path: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    """A connection whose transactions begin where this module says so."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=1024)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
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
    """The error as SQLAlchemy would raise it."""
    found: Exception = DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True)
    return found

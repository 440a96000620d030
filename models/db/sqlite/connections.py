"""Connections, and statements on them."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from models.db.prepared import Bound

BUSY_TIMEOUT_MS = 30_000


def connect(path: str, pragmas: Sequence[str]) -> sqlite3.Connection:
    """A connection whose transactions begin where this module says so."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=1024)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def run(connection: sqlite3.Connection, bound: Bound) -> Sequence[Row[Any]]:
    """All rows of a statement."""
    cursor = connection.execute(bound.sql, bound.values)
    raw = cursor.fetchall()
    return bound.rows.read(raw, [column[0] for column in cursor.description or ()]) if raw else []


def translated(error: sqlite3.Error, sql: str) -> Exception:
    """The error as SQLAlchemy would raise it."""
    found: Exception = DBAPIError.instance(sql, None, error, sqlite3.Error, hide_parameters=True)
    return found

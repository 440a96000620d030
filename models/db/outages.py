"""Outages: errors of an unavailable database are logged once, and raised as Unavailable."""

import sqlite3
from typing import TypeVar

import structlog
from sqlalchemy.exc import IntegrityError

from models.errors import Unavailable

log = structlog.get_logger()

E = TypeVar("E", bound=Unavailable)
_FOREIGN_KEY_VIOLATION = "23503"
"""PostgreSQL's code."""


def unavailable(reason: BaseException | str, kind: type[E] = Unavailable) -> E:  # type: ignore[assignment]
    """The error to raise; the log has the reason, which clients are not told."""
    name = type(reason).__name__ if isinstance(reason, BaseException) else "Busy"
    log.warning("database_unavailable", kind=name, reason=str(reason))
    return kind()


def is_reference_broken(error: IntegrityError) -> bool:
    """Whether a foreign key was violated: a row that is referred to is gone, or is still referred to."""
    return (
        getattr(error.orig, "sqlstate", None) == _FOREIGN_KEY_VIOLATION
        or getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
    )

"""Counts what reaches the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from models.db import observing

_counting: ContextVar[list[str] | None] = ContextVar("counting", default=None)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements that the block causes, not BEGIN, and not what runs in the background."""
    statements: list[str] = []

    def note(statement: str) -> None:
        # Tasks that the block starts inherit the variable, those that ran before do not have it.
        if _counting.get() is statements:
            statements.append(statement)

    token = _counting.set(statements)
    try:
        with observing(note):
            yield statements
    finally:
        _counting.reset(token)

"""Counts what reaches the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

_counting: ContextVar[list[str] | None] = ContextVar("counting", default=None)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL statements that the block causes, on any engine; not BEGIN, and not what runs in the background."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        # Tasks that the block starts inherit the variable, those that ran before do not have it.
        if _counting.get() is statements and not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    token = _counting.set(statements)
    try:
        yield statements
    finally:
        _counting.reset(token)
        event.remove(Engine, "before_cursor_execute", note)

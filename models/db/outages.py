"""Outages: errors of an unavailable database are logged once, and raised as Unavailable."""

from typing import TypeVar

import structlog

from models.errors import Unavailable

log = structlog.get_logger()

E = TypeVar("E", bound=Unavailable)


def unavailable(reason: BaseException | str, kind: type[E] = Unavailable) -> E:  # type: ignore[assignment]
    """The error to raise; the log has the reason, which clients are not told."""
    name = type(reason).__name__ if isinstance(reason, BaseException) else "Busy"
    log.warning("database_unavailable", kind=name, reason=str(reason))
    return kind()

"""When to count anew what a feed could do without: it is seldom matched as a whole, and resumes change."""

from collections.abc import Sequence
from datetime import datetime, timedelta

EVERY = timedelta(hours=1)
"""How old the hints of a feed may be; counting them costs as much as matching the feed."""


class Hints:
    """The feeds that hardly anybody fits, as far as this process knows, and the age of their hints."""

    def __init__(self) -> None:
        self._counted_at: dict[int, datetime] = {}
        self._changed_at: datetime | None = None

    def note(self, feed_id: int, hints: Sequence[object] | None, now: datetime) -> None:
        """Remember that a feed's hints were counted; None where enough resumes fit it."""
        self._counted_at.pop(feed_id, None)
        if hints is not None:
            self._counted_at[feed_id] = now

    def resumes_changed(self, now: datetime) -> None:
        """Remember that there are other resumes."""
        self._changed_at = now

    def due(self, now: datetime) -> int | None:
        """The feed whose hints are the oldest, if they are to be counted anew."""
        feed_id = next(iter(self._counted_at), None)
        if feed_id is None or self._changed_at is None:
            return None
        counted_at = self._counted_at[feed_id]
        return feed_id if counted_at <= self._changed_at and now - counted_at >= EVERY else None

"""Instants that are counted by key, in the memory of this process, and no more of them than a bound."""

from collections import OrderedDict
from typing import Final

MAX_KEYS: Final = 100_000
"""The keys that are kept at most; they take about 50 MB."""


class BoundedTimes:
    """The instants of each key, the oldest first. The key that was counted longest ago makes room for a new one."""

    def __init__(self, max_keys: int = MAX_KEYS) -> None:
        self._max_keys = max_keys
        self._kept: OrderedDict[str, tuple[float, list[float]]] = OrderedDict()
        """For how long the instants of a key count, and the instants; the key that was counted last is the last."""

    def __len__(self) -> int:
        """How many keys are kept."""
        return len(self._kept)

    def recent(self, key: str, period: float, now: float) -> list[float]:
        """The instants of a key that still count, to be changed in place.

        A clock that was put back leaves none in the far future.
        """
        _, times = self._kept.get(key, (period, []))
        if times and not (times[0] > now - period and times[-1] <= now + period):
            times[:] = [time for time in times if now - period < time <= now + period]
        return times

    def keep(self, key: str, times: list[float], period: float, now: float) -> None:
        """Keep the instants of a key, which was counted just now; others that count no more are forgotten."""
        self._kept[key] = period, times
        self._kept.move_to_end(key)
        while self._kept:
            oldest, (of_oldest, _times) = next(iter(self._kept.items()))
            if len(self._kept) <= self._max_keys and self.recent(oldest, of_oldest, now):
                return
            del self._kept[oldest]

    def drop(self, key: str) -> None:
        """Forget a key."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget all keys."""
        self._kept.clear()

"""Moving windows in the memory of this process."""

from collections import OrderedDict, deque
from collections.abc import Callable
from time import time

from limits.aio.storage import MemoryStorage

MAX_KEYS = 100_000
"""The keys that are counted at most; the one that was used longest ago makes room. They take about 50 MB."""


class WindowMemory(MemoryStorage):
    """The moving windows of `MemoryStorage`, with work that does not grow with the number of keys.

    `MemoryStorage` looks through all keys after a hit, with a thread for each of them, and keeps any number.
    """

    def __init__(self, *, max_keys: int = MAX_KEYS, clock: Callable[[], float] = time) -> None:
        super().__init__()
        self._max_keys = max_keys
        self._now = clock
        self._windows: OrderedDict[str, tuple[float, deque[float]]] = OrderedDict()
        """The length of each key's window in seconds, and the times of its hits, the oldest first."""

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a hit, unless there would be more than `limit` within `expiry` seconds."""
        now = self._now()
        times = self._kept(key, expiry, now)
        if len(times) + amount > limit:
            return False
        times.extend([now] * amount)
        self._windows[key] = expiry, times
        self._windows.move_to_end(key)
        self._forget(now)
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest hit of the window was, and how many there are."""
        now = self._now()
        times = self._kept(key, expiry, now)
        return (times[0] if times else now), len(times)

    async def clear(self, key: str) -> None:
        """Forget the hits of a key."""
        self._windows.pop(key, None)

    async def reset(self) -> int:
        """Forget all hits; how many keys had some."""
        count = len(self._windows)
        self._windows.clear()
        return count

    def _kept(self, key: str, expiry: float, now: float) -> deque[float]:
        _, times = self._windows.get(key, (expiry, deque()))
        while times and times[0] < now - expiry:
            times.popleft()
        return times

    def _forget(self, now: float) -> None:
        """Drop the keys that were used longest ago: those whose hits no longer count, and those beyond the bound."""
        while self._windows:
            key, (expiry, times) = next(iter(self._windows.items()))
            if len(self._windows) <= self._max_keys and times and times[-1] >= now - expiry:
                return
            del self._windows[key]

"""Moving windows in the memory of this process."""

from collections.abc import Callable
from time import time

from limits.aio.storage import MemoryStorage

from auth.bounded_times import MAX_KEYS, BoundedTimes


class WindowMemory(MemoryStorage):
    """The moving windows of `MemoryStorage`, with work that does not grow with the number of keys.

    `MemoryStorage` looks through all keys after a hit, with a thread for each of them, and keeps any number.
    """

    def __init__(self, *, max_keys: int = MAX_KEYS, clock: Callable[[], float] = time) -> None:
        super().__init__()
        self._now = clock
        self._hits = BoundedTimes(max_keys)

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a hit, unless there would be more than `limit` within `expiry` seconds."""
        now = self._now()
        times = self._hits.recent(key, expiry, now)
        if len(times) + amount > limit:
            return False
        times.extend([now] * amount)
        self._hits.keep(key, times, expiry, now)
        return True

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the oldest hit of the window was, and how many there are."""
        now = self._now()
        times = self._hits.recent(key, expiry, now)
        return (times[0] if times else now), len(times)

    async def clear(self, key: str) -> None:
        """Forget the hits of a key."""
        self._hits.drop(key)

    async def reset(self) -> int:
        """Forget all hits; how many keys had some."""
        count = len(self._hits)
        self._hits.clear()
        return count

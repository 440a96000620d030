"""Guess counters in the memory of this process."""

from bisect import insort
from collections.abc import Sequence

from auth.bounded_times import MAX_KEYS, BoundedTimes
from auth.guessing.windows import PERIOD, Bucket, Refused, wait_of


class MemoryLog:
    """The times of the guesses of each bucket. Nothing older than the longest window is kept."""

    def __init__(self, max_keys: int = MAX_KEYS) -> None:
        self._guesses = BoundedTimes(max_keys)

    def __len__(self) -> int:
        """How many buckets have guesses."""
        return len(self._guesses)

    async def add(self, buckets: Sequence[Bucket], member: str, now: float) -> Refused | None:
        """Count a guess in all of the buckets, or in none if it is one too many in any."""
        refusals = [
            Refused(bucket.windows.name, wait)
            for bucket in buckets
            if (wait := wait_of(self._guesses.recent(bucket.key, PERIOD, now), bucket.windows, now)) > 0
        ]
        if refusals:
            return max(refusals, key=lambda refusal: refusal.wait)
        for bucket in buckets:
            times = self._guesses.recent(bucket.key, PERIOD, now)
            insort(times, now)
            self._guesses.keep(bucket.key, times, PERIOD, now)
        return None

    async def remove(self, keys: Sequence[str], member: str, now: float) -> None:
        """Take back a guess that was counted at this instant."""
        for key in keys:
            times = self._guesses.recent(key, PERIOD, now)
            if now in times:
                times.remove(now)
                if not times:
                    self._guesses.drop(key)

    async def close(self) -> None:
        """There is nothing to let go of."""

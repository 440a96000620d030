"""Guess counters in the memory of this process."""

from bisect import insort
from collections import OrderedDict
from collections.abc import Sequence

from auth.guessing.windows import PERIOD, Bucket, Refused, wait_of


class MemoryLog:
    """The times of the guesses of each bucket. Nothing older than the longest window is kept."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, list[float]] = OrderedDict()

    async def add(self, buckets: Sequence[Bucket], member: str, now: float) -> Refused | None:
        """Count a guess in all of the buckets, or in none if it is one too many in any."""
        self._forget(now)
        refusals = [
            Refused(bucket.windows.name, wait)
            for bucket in buckets
            if (wait := wait_of(self._recent(bucket.key, now), bucket.windows, now)) > 0
        ]
        if refusals:
            return max(refusals, key=lambda refusal: refusal.wait)
        for bucket in buckets:
            insort(self._times.setdefault(bucket.key, []), now)
            self._times.move_to_end(bucket.key)
        return None

    async def remove(self, keys: Sequence[str], member: str, now: float) -> None:
        """Take back a guess that was counted at this instant."""
        for key in keys:
            times = self._times.get(key, [])
            if now in times:
                times.remove(now)

    async def close(self) -> None:
        """There is nothing to let go of."""

    def _recent(self, key: str, now: float) -> list[float]:
        """The times of a bucket that still count; a clock that was put back leaves none in the far future."""
        times = self._times.get(key)
        if not times:
            return []
        times[:] = [time for time in times if now - PERIOD < time <= now + PERIOD]
        return times

    def _forget(self, now: float) -> None:
        """Drop the buckets that were used longest ago, as far as nothing in them counts any more."""
        while self._times:
            key = next(iter(self._times))
            if self._recent(key, now):
                return
            del self._times[key]

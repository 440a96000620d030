"""How often something may be done: in memory for one process, in Redis for several."""

from enum import Enum
from math import ceil
from time import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from models.errors import TooManyRequests


class Limit(Enum):
    """The limits by name. Codes: as the facts of all five APIs decide."""

    CODE_PER_PURPOSE_AND_ADDRESS = "1/60second"
    CODE_PER_ADDRESS = "10/hour"
    CODE_PER_CLIENT = "60/hour"


class RateLimits:
    """Counts events in moving windows."""

    def __init__(self, redis_url: str = "") -> None:
        self._storage = RedisStorage(f"async+{redis_url}", implementation="redispy") if redis_url else MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._items: dict[Limit, RateLimitItem] = {limit: parse(limit.value) for limit in Limit}

    async def hit(self, limit: Limit, *key: str) -> None:
        """Count an event; raise TooManyRequests, with the seconds to wait, when there were too many."""
        item = self._items[limit]
        if not await self._limiter.hit(item, limit.name, *key):
            window = await self._limiter.get_window_stats(item, limit.name, *key)
            raise TooManyRequests(max(1, ceil(window.reset_time - time())))

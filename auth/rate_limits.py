"""How often something may be done: in memory for one process, in Redis for several."""

from enum import Enum
from math import ceil
from time import time
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import ConnectionPool

from models.errors import TooManyRequests


class Limit(Enum):
    """The limits by name."""

    CODE_PER_PURPOSE_AND_ADDRESS = "1/60second"
    CODE_PER_ADDRESS = "10/hour"
    CODE_PER_CLIENT = "60/hour"
    CAPTCHA_PER_CLIENT = "600/hour"
    REGISTRATION_PER_NETWORK = "60/1hour"  # written so that it is no other name of CODE_PER_CLIENT
    ANONYMOUS_UPLOAD_PER_CLIENT = "20/hour"
    WRONG_PASSWORD_PER_EMAIL_AND_CLIENT = "5/120second"
    # What passes these is audited, not refused.
    FAILED_SIGN_INS_PER_ACCOUNT = "5/15minute"
    FAILED_SIGN_INS_PER_NETWORK = "20/15minute"
    FAILED_SIGN_INS = "200/15minute"
    REPORT_OF_FAILED_SIGN_INS = "1/15minute"


class RateLimits:
    """Counts events in moving windows."""

    def __init__(
        self, redis_url: str = "", *, codes_per_client: int | None = None, registrations_per_network: int | None = None
    ) -> None:
        self._pool = ConnectionPool.from_url(redis_url) if redis_url else None
        options: dict[str, Any] = {"implementation": "redispy", "connection_pool": self._pool}
        storage = RedisStorage(f"async+{redis_url}", **options) if redis_url else MemoryStorage()
        self._limiter = MovingWindowRateLimiter(storage)
        self._items: dict[Limit, RateLimitItem] = {limit: parse(limit.value) for limit in Limit}
        if codes_per_client is not None:
            self._items[Limit.CODE_PER_CLIENT] = parse(f"{codes_per_client}/hour")
        if registrations_per_network is not None:
            self._items[Limit.REGISTRATION_PER_NETWORK] = parse(f"{registrations_per_network}/hour")

    async def hit(self, limit: Limit, *key: str) -> None:
        """Count an event; raise TooManyRequests, with the seconds to wait, when there were too many."""
        item = self._items[limit]
        if not await self._limiter.hit(item, limit.name, *key):
            raise await self._refusal(limit, *key)

    async def check(self, limit: Limit, *key: str) -> None:
        """Raise what `hit` would, without counting anything."""
        if not await self._limiter.test(self._items[limit], limit.name, *key):
            raise await self._refusal(limit, *key)

    async def _refusal(self, limit: Limit, *key: str) -> TooManyRequests:
        window = await self._limiter.get_window_stats(self._items[limit], limit.name, *key)
        return TooManyRequests(max(1, ceil(window.reset_time - time())))

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        if self._pool is not None:
            await self._pool.aclose()

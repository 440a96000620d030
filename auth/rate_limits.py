"""Rate limits: in memory for one process, in Redis for several.

While Redis is gone each process counts for itself: the limits are looser by the number of workers, and nobody is
refused for it.
"""

from collections.abc import Awaitable, Callable
from enum import Enum
from math import ceil
from time import time
from typing import Any

from limits import RateLimitItem, parse
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter

from auth.window_memory import WindowMemory
from models.errors import TooManyRequests
from models.redis import Gate, RedisGone
from watching.metrics import counted

READY_KEY, READY_SECONDS = "careergraph:ready", 60
"""What is written to find out whether Redis can be written to, and how long it is kept."""
_Question = Callable[[MovingWindowRateLimiter, RateLimitItem], Awaitable[bool]]


class Limit(Enum):
    """The limits by name."""

    CODE_PER_PURPOSE_AND_ADDRESS = "1/60second"
    CODE_PER_ADDRESS = "10/hour"
    CODE_PER_CLIENT = "60/hour"
    CAPTCHA_PER_CLIENT = "600/hour"
    REGISTRATION_PER_NETWORK = "60/1hour"  # written so that it is no other name of CODE_PER_CLIENT
    ANONYMOUS_UPLOAD_PER_CLIENT = "20/hour"
    UPLOAD_PER_USER = "100/day"
    COMPANY_JOINED_PER_USER = "5/day"
    PERSONAL_EXPORT_PER_USER = "20/60minute"  # written so that it is no other name of ANONYMOUS_UPLOAD_PER_CLIENT
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
        self._gate: Gate | None = None
        if redis_url:
            self._gate = Gate(redis_url, "limits")
            # Of the URL nothing but its scheme is read where a pool is given, and `limits` does not know all of them.
            options: dict[str, Any] = {"implementation": "redispy", "connection_pool": self._gate.pool}
            self._shared = MovingWindowRateLimiter(RedisStorage("async+redis://", **options))
        self._own = MovingWindowRateLimiter(WindowMemory())
        self._items: dict[Limit, RateLimitItem] = {limit: parse(limit.value) for limit in Limit}
        if codes_per_client is not None:
            self._items[Limit.CODE_PER_CLIENT] = parse(f"{codes_per_client}/hour")
        if registrations_per_network is not None:
            self._items[Limit.REGISTRATION_PER_NETWORK] = parse(f"{registrations_per_network}/hour")

    async def hit(self, limit: Limit, *key: str) -> None:
        """Count an event; raise TooManyRequests, with the seconds to wait, when there were too many."""
        await self._ask(lambda limiter, item: limiter.hit(item, limit.name, *key), limit, key)

    async def check(self, limit: Limit, *key: str) -> None:
        """Raise what `hit` would, without counting anything."""
        await self._ask(lambda limiter, item: limiter.test(item, limit.name, *key), limit, key)

    async def are_shared(self) -> bool:
        """Whether all processes count together: False while Redis is configured and takes no writes."""
        if self._gate is None:
            return True
        try:
            await self._gate.ask(lambda client: client.set(READY_KEY, "1", ex=READY_SECONDS))
        except RedisGone:
            return False
        return True

    async def _ask(self, question: _Question, limit: Limit, key: tuple[str, ...]) -> None:
        item = self._items[limit]
        if self._gate is not None:
            try:
                await self._gate.ask(lambda _client: _asked(self._shared, question, item, limit, key))
            except RedisGone:
                pass
            else:
                return
        await _asked(self._own, question, item, limit, key)

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        if self._gate is not None:
            await self._gate.close()


async def _asked(
    limiter: MovingWindowRateLimiter, question: _Question, item: RateLimitItem, limit: Limit, key: tuple[str, ...]
) -> None:
    """Raise TooManyRequests, with the seconds to wait, if the limiter says no."""
    if not await question(limiter, item):
        counted("rate", limit.name.lower())
        window = await limiter.get_window_stats(item, limit.name, *key)
        raise TooManyRequests(max(1, ceil(window.reset_time - time())))

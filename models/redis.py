"""Redis, which only several processes need: its client takes a while to import, so it is imported where one is made.

What is asked of it has an answer of the process's own for while it is gone. So a Redis that does not answer, or
refuses, costs one question its time limit, and the ones after it nothing: for a while it is not asked again.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from prometheus_client import Gauge

from models.redis_url import ANSWER_SECONDS, pool_of

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool, Redis

AWAY_SECONDS = 1.0
"""How long it is not asked again after it failed."""

AVAILABLE = Gauge(
    "redis_available",
    "Whether Redis answered when it was last asked, by what it is used for; 0: the process does without.",
    ["use"],
    multiprocess_mode="livemin",
)

T = TypeVar("T")
log = structlog.get_logger()


class RedisGone(Exception):
    """Redis does not answer, or refuses: do without."""


class Gate:
    """The way to the server at a URL for one use of it: it is not asked while it is gone."""

    def __init__(self, url: str, use: str, **options: Any) -> None:
        self.pool = pool_of(url, **options)
        self.client = _client_of(self.pool)
        self._use = use
        self._back_at = 0.0
        AVAILABLE.labels(use).set(1)

    @property
    def database(self) -> int:
        """The number of the database that the URL names."""
        return int(self.pool.connection_kwargs.get("db") or 0)

    async def ask(self, question: Callable[["Redis"], Awaitable[T]]) -> T:
        """What a question to the client returns. Raises RedisGone."""
        if time.monotonic() < self._back_at:
            raise RedisGone
        if self._back_at:
            self._back_at = time.monotonic() + AWAY_SECONDS  # one finds out whether it is back; the others do without
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await question(self.client)
        except failures() as error:
            await self.failed(error)
            raise RedisGone from error
        self.answered()
        return answer

    def answered(self) -> None:
        """It is there."""
        if self._back_at:
            self._back_at = 0.0
            AVAILABLE.labels(self._use).set(1)
            log.info("redis_available", use=self._use)

    async def failed(self, error: Exception) -> None:
        """It is gone, for a while at least; it may come back elsewhere, so that no connection is kept."""
        if not self._back_at:
            AVAILABLE.labels(self._use).set(0)
            log.warning("redis_unavailable", use=self._use, kind=type(error).__name__, reason=str(error))
        self._back_at = time.monotonic() + AWAY_SECONDS
        await self.pool.disconnect(inuse_connections=False)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.pool.aclose()


def failures() -> tuple[type[Exception], ...]:
    """What a client raises while Redis is gone; for `except`, which asks only after something was raised."""
    from redis.exceptions import RedisError

    return RedisError, OSError


def _client_of(pool: "ConnectionPool") -> "Redis":
    from redis.asyncio import Redis

    return Redis(connection_pool=pool)

"""Redis, which only several processes need: its client takes a while to import, so it is imported where one is made."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool, Redis


def client(url: str, **options: Any) -> "Redis":
    """A client of the server at the URL; it connects with its first command."""
    from redis.asyncio import Redis

    return Redis.from_url(url, **options)


def client_of(pool: "ConnectionPool") -> "Redis":
    """A client that shares the connections of a pool."""
    from redis.asyncio import Redis

    return Redis(connection_pool=pool)


def pool(url: str, **options: Any) -> "ConnectionPool":
    """A pool of connections to the server at the URL."""
    from redis.asyncio import ConnectionPool

    return ConnectionPool.from_url(url, **options)


def failures() -> tuple[type[Exception], ...]:
    """What a client raises while Redis is gone; for `except`, which asks only after something was raised."""
    from redis.exceptions import RedisError

    return RedisError, OSError

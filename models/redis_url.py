"""REDIS_URL: what it may hold, and the connections that it makes.

The settings check it before the metrics know where their values are, so nothing here imports prometheus-client.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis.asyncio import ConnectionPool

ANSWER_SECONDS = 2.0
"""How long Redis may take to accept a connection, or to answer."""


def redis_problems(url: str) -> Iterator[str]:
    """What keeps this REDIS_URL from being used, one sentence each; nothing of it shows a password."""
    if not url:
        return
    if "#" in url:
        yield "REDIS_URL holds a #, which ends a URL: in a password it is written %23."
        return
    try:
        connection = connection_pool(url).make_connection()  # type: ignore[no-untyped-call]
    except TypeError as error:  # a parameter that the class of the connection does not take
        yield f"REDIS_URL: {str(error).rpartition(' ')[2]} is no parameter of it: remove it."
    except ValueError as error:
        yield f"REDIS_URL: {error}" if "cast" not in str(error) else "REDIS_URL has no valid port."
    except Exception as error:  # what the client makes of other values, it says in its own ways
        yield f"REDIS_URL cannot be used: {type(error).__name__}: {error}"
    else:
        if url.startswith("unix:") and not connection.path:
            yield "REDIS_URL names no socket: it is like unix:///run/redis/redis.sock?db=0."


def connection_pool(url: str, **options: Any) -> "ConnectionPool":
    """Connections to the server at a URL; what is wrong with it raises TypeError, ValueError or the client's errors."""
    from redis.asyncio import BlockingConnectionPool
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as ConnectionLost

    # Once at once, for a connection that was lost while nobody used it; without delays, which would add up.
    retry = Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,))
    limits = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS, "timeout": ANSWER_SECONDS}
    return BlockingConnectionPool.from_url(url, **{**limits, "retry": retry, **options})

"""Automatic persisted queries, by Apollo's protocol: a client sends the hash of a query, and the query only when asked.

What is kept was valid and within the limits when it was kept, and is checked again each time it runs.
"""

import hashlib
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from sys import getsizeof
from typing import TYPE_CHECKING

from models.memory import Shares
from models.redis import Gate, RedisGone
from models.settings import Settings
from schema.engine.errors import RequestErrorCode, refusal
from schema.engine.http.refusals import HttpRefusal, bad_request
from schema.engine.wording import Message

if TYPE_CHECKING:
    from redis.asyncio import Redis

MAX_CHARACTERS = 20_000
"""The longest query that is kept; a longer one runs, and is not found the next time."""
AVERAGE_BYTES = 2000
"""What a query may take, on average, of the memory for the queries kept in the process."""
LEAST_BYTES = 1_000_000
"""The memory for them, however few they are."""
PREFIX = "careergraph:query:"
RECENT = "careergraph:queries"
"""The sorted set of the hashes kept in Redis, by when they were kept."""
VERSION = 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


def asked_hash(extensions: Mapping[str, object] | None) -> str | None:
    """The hash in a request's extensions, if there is one. Raises HttpRefusal for a malformed one."""
    sent = (extensions or {}).get("persistedQuery")
    if sent is None:
        return None
    if not isinstance(sent, dict) or sent.get("version") != VERSION:
        raise bad_request("`extensions.persistedQuery` must be an object with the version {version}.", version=VERSION)
    sha256 = sent.get("sha256Hash")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256.lower()):
        raise bad_request("`extensions.persistedQuery.sha256Hash` must be 64 hexadecimal digits.")
    return sha256.lower()


class PersistedQueries:
    """The queries known by their hashes: about `size` of them, in memory and, for all workers, in Redis.

    Those used last stay in memory, where clients that are not signed in push out no others' queries. Redis forgets
    one `hours` after it was last asked for. With the size 0 none is kept.
    """

    def __init__(self, *, size: int, hours: int, redis_url: str = "") -> None:
        self._size = size
        self._seconds = hours * 3600
        self._memory: Shares[str, str] = Shares(max(size * AVERAGE_BYTES, LEAST_BYTES))
        self._gate = Gate(redis_url, "persisted queries", decode_responses=True) if redis_url and size else None

    @classmethod
    def from_settings(cls, settings: Settings) -> "PersistedQueries":
        """The store that the configuration asks for."""
        return cls(size=settings.persisted_queries, hours=settings.persisted_query_hours, redis_url=settings.redis_url)

    async def query(self, sha256: str, sent: str | None) -> str:
        """The query that a hash stands for, sent with it or known. Raises RequestRefused or HttpRefusal."""
        if not self._size:
            raise refusal(
                Message.verbatim("PersistedQueryNotSupported"), RequestErrorCode.PERSISTED_QUERY_NOT_SUPPORTED
            )
        if sent is not None:
            if hashlib.sha256(sent.encode()).hexdigest() != sha256:
                message = Message("The hash is not the SHA-256 hash of the query.")
                raise HttpRefusal(400, message, RequestErrorCode.PERSISTED_QUERY_HASH_MISMATCH)
            return sent
        known = self._memory.get(sha256, is_signed_in=False) or await self._from_redis(sha256)
        if known is None:
            raise refusal(Message.verbatim("PersistedQueryNotFound"), RequestErrorCode.PERSISTED_QUERY_NOT_FOUND)
        return known

    async def keep(self, sha256: str, query: str, *, is_signed_in: bool = False) -> None:
        """Keep a query that may run."""
        if len(query) > MAX_CHARACTERS or self._memory.get(sha256, is_signed_in=is_signed_in) is not None:
            return
        self._memory.put(sha256, query, _size(sha256, query), is_signed_in=is_signed_in)
        if self._gate is not None:
            with suppress(RedisGone):
                await self._gate.ask(lambda client: self._share(client, sha256, query))

    async def _share(self, client: "Redis", sha256: str, query: str) -> None:
        """Keep a query in Redis, and no more of them than `size`."""
        async with client.pipeline(transaction=True) as pipeline:
            pipeline.set(PREFIX + sha256, query, ex=self._seconds)
            pipeline.zadd(RECENT, {sha256: time.time()})
            pipeline.zrange(RECENT, 0, -self._size - 1)
            *_, superfluous = await pipeline.execute()
        if superfluous:
            async with client.pipeline(transaction=True) as pipeline:
                pipeline.delete(*(PREFIX + each for each in superfluous))
                pipeline.zrem(RECENT, *superfluous)
                await pipeline.execute()

    async def _from_redis(self, sha256: str) -> str | None:
        if self._gate is None:
            return None
        try:
            found = await self._gate.ask(lambda client: client.getex(PREFIX + sha256, ex=self._seconds))
        except RedisGone:
            return None
        if not isinstance(found, str):
            return None
        self._memory.put(sha256, found, _size(sha256, found), is_signed_in=False)
        return found

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        if self._gate is not None:
            await self._gate.close()


def _size(sha256: str, query: str) -> int:
    return getsizeof(sha256) + getsizeof(query)

"""Guess counters in Redis, shared by all processes."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from auth.guessing.memory import MemoryLog
from auth.guessing.windows import PERIOD, Bucket, Refused
from models.redis import Gate, RedisGone

if TYPE_CHECKING:
    from redis.asyncio import Redis

PREFIX = "careergraph:guesses:"

# Counts in all buckets or in none. A bucket is a sorted set of guesses by time.
_ADD = """
local now, member, period = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local longest, where, position = 0, 0, 4
for index, key in ipairs(KEYS) do
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - period)
  redis.call('ZREMRANGEBYSCORE', key, '(' .. (now + period), '+inf')
  local pairs_left = tonumber(ARGV[position])
  position = position + 1
  while pairs_left > 0 do
    local count, seconds = tonumber(ARGV[position]), tonumber(ARGV[position + 1])
    local found = redis.call('ZREVRANGE', key, count - 1, count - 1, 'WITHSCORES')
    if found[2] and tonumber(found[2]) + seconds - now > longest then
      longest, where = tonumber(found[2]) + seconds - now, index
    end
    position, pairs_left = position + 2, pairs_left - 1
  end
end
if longest > 0 then return {where, tostring(longest)} end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now, member)
  redis.call('EXPIRE', key, period)
end
return {0, '0'}
"""


class SharedLog:
    """The same as `MemoryLog` for several processes; while Redis is gone, each counts for itself."""

    def __init__(self, url: str) -> None:
        self._gate = Gate(url, "guesses", decode_responses=True)
        self._add = self._gate.client.register_script(_ADD)
        self._own = MemoryLog()

    async def add(self, buckets: Sequence[Bucket], member: str, now: float) -> Refused | None:
        """Count a guess in all of the buckets, or in none if it is one too many in any."""
        arguments: list[Any] = [now, member, PERIOD]
        for bucket in buckets:
            arguments.append(len(bucket.windows.pairs))
            arguments += [number for pair in bucket.windows.pairs for number in pair]
        try:
            where, wait = await self._gate.ask(
                lambda _client: self._add(keys=[PREFIX + bucket.key for bucket in buckets], args=arguments)
            )
        except RedisGone:
            return await self._own.add(buckets, member, now)
        return Refused(buckets[where - 1].windows.name, float(wait)) if where else None

    async def remove(self, keys: Sequence[str], member: str, now: float) -> None:
        """Take back a guess, wherever it was counted."""
        await self._own.remove(keys, member, now)

        async def forget(client: "Redis") -> None:
            async with client.pipeline(transaction=False) as pipeline:
                for key in keys:
                    pipeline.zrem(PREFIX + key, member)
                await pipeline.execute()

        with suppress(RedisGone):
            await self._gate.ask(forget)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._gate.close()

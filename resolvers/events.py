"""Events: published after a commit to the subscribers that are connected.

An event is a topic and a number, such as the id of the row that tells the rest; nobody relies on it being
heard. In one process events stay in memory; with Redis they reach the listeners of every worker.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from models import redis
from models.base import MAX_ID

if TYPE_CHECKING:
    from redis.asyncio import Redis

CHANNEL = "careergraph:events"
"""What the channel's name begins with. Redis does not keep the channels of its databases apart: the number follows."""
MAX_WAITING = 100
"""The events that wait for one listener. Who is slower loses the oldest."""
PUBLISH_SECONDS = 2.0
"""How long an operation waits for Redis before it tells the listeners of its own process alone."""
RETRY_SECONDS = 1.0
MAX_DIGITS = len(str(MAX_ID))

log = structlog.get_logger()


class Events:
    """Publishes events and hands them to listeners by topic."""

    def __init__(self, redis_url: str = "") -> None:
        self._redis = redis.client(redis_url) if redis_url else None
        database = self._redis.connection_pool.connection_kwargs.get("db") or 0 if self._redis else 0
        self.channel = f"{CHANNEL}:{database}"
        self._listeners: dict[str, set[_Numbers]] = {}

    async def publish(self, topic: str, number: int) -> None:
        """Tell the listeners of a topic. Without Redis, those of other workers hear nothing."""
        if self._redis is not None:
            try:
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self._redis.publish(self.channel, f"{topic} {number}")
            except redis.failures():
                log.exception("event_not_published", topic=topic)
            else:
                return
        self._deliver(topic, number)

    @asynccontextmanager
    async def listening(self, topic: str) -> AsyncIterator[AsyncIterator[int]]:
        """The numbers of the events of a topic from now on, for as long as the block runs.

        Who gives up waiting for the next one loses nothing.
        """
        queue = _Numbers(MAX_WAITING)
        self._listeners.setdefault(topic, set()).add(queue)
        try:
            yield queue
        finally:
            listeners = self._listeners[topic]
            listeners.remove(queue)
            if not listeners:
                del self._listeners[topic]

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        """While the block runs, events of other workers are heard."""
        if self._redis is None:
            yield
            return
        ready = asyncio.Event()
        task = asyncio.create_task(self._receive(self._redis, ready))
        try:
            await ready.wait()
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        if self._redis is not None:
            await self._redis.aclose()

    async def _receive(self, client: "Redis", ready: asyncio.Event) -> None:
        """Hand on what Redis sends; after a failure, subscribe again. `ready` once the first try is made."""
        while True:
            try:
                async with client.pubsub() as channel:
                    await channel.subscribe(self.channel)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            self._hand_on(message["data"])
                        else:
                            ready.set()  # Redis has confirmed the subscription
            except redis.failures():
                log.exception("events_not_received")
                ready.set()
                await asyncio.sleep(RETRY_SECONDS)

    def _hand_on(self, data: bytes) -> None:
        topic, _, number = data.decode(errors="replace").rpartition(" ")
        if number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS:
            self._deliver(topic, int(number))
        else:
            log.warning("event_not_understood", size=len(data))

    def _deliver(self, topic: str, number: int) -> None:
        for queue in self._listeners.get(topic, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(number)


class _Numbers(asyncio.Queue[int]):
    """What waits for one listener."""

    def __aiter__(self) -> "_Numbers":
        return self

    async def __anext__(self) -> int:
        return await self.get()

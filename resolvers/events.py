"""Events: what happened, told to whoever listens now.

An event is a topic and a number, such as the id of the row that tells the rest; nobody relies on it being
heard. In one process events stay in memory; with Redis they reach the listeners of every worker.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "careergraph:events"
MAX_WAITING = 100
"""The events that wait for one listener. Who is slower loses the oldest."""
RETRY_SECONDS = 1.0

log = structlog.get_logger()


class Events:
    """Publishes events and hands them to listeners by topic."""

    def __init__(self, redis_url: str = "") -> None:
        self._redis = Redis.from_url(redis_url) if redis_url else None
        self._listeners: dict[str, set[asyncio.Queue[int]]] = {}

    async def publish(self, topic: str, number: int) -> None:
        """Tell the listeners of a topic. Without Redis, those of other workers hear nothing."""
        if self._redis is not None:
            try:
                await self._redis.publish(CHANNEL, f"{topic} {number}")
            except (RedisError, OSError):
                log.exception("event_not_published", topic=topic)
            else:
                return
        self._deliver(topic, number)

    @asynccontextmanager
    async def listening(self, topic: str) -> AsyncIterator[AsyncIterator[int]]:
        """The numbers of the events of a topic from now on, for as long as the block runs."""
        queue: asyncio.Queue[int] = asyncio.Queue(MAX_WAITING)
        self._listeners.setdefault(topic, set()).add(queue)
        try:
            yield _numbers(queue)
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

    async def _receive(self, redis: Redis, ready: asyncio.Event) -> None:
        """Hand on what Redis sends; after a failure, subscribe again. `ready` once the first try is made."""
        while True:
            try:
                async with redis.pubsub() as channel:
                    await channel.subscribe(CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            topic, _, number = message["data"].decode().rpartition(" ")
                            self._deliver(topic, int(number))
                        else:
                            ready.set()  # Redis has confirmed the subscription
            except (RedisError, OSError):
                log.exception("events_not_received")
                ready.set()
                await asyncio.sleep(RETRY_SECONDS)

    def _deliver(self, topic: str, number: int) -> None:
        for queue in self._listeners.get(topic, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(number)


async def _numbers(queue: asyncio.Queue[int]) -> AsyncIterator[int]:
    while True:
        yield await queue.get()

"""Events: published after a commit to the subscribers that are connected.

An event is a topic and a number, such as the id of the row that tells the rest; nobody relies on it being
heard. In one process events stay in memory; with Redis they reach the listeners of every worker.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from models.base import MAX_ID
from models.redis import Gate, RedisGone, failures
from watching.meanwhile import meanwhile

CHANNEL = "careergraph:events"
"""What the channel's name begins with. Redis does not keep the channels of its databases apart: the number follows."""
MAX_WAITING = 100
"""The events that wait for one listener. Who is slower loses the oldest."""
RETRY_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
"""How long Redis may be silent before it is asked whether it is there, and again until it counts as gone."""
ALARM = 0
"""What a listener hears of the topic of its alarm; no row has this number."""
MAX_DIGITS = len(str(MAX_ID))

log = structlog.get_logger()


class Events:
    """Publishes events and hands them to listeners by topic."""

    def __init__(self, redis_url: str = "") -> None:
        self._gate = Gate(redis_url, "events") if redis_url else None
        self.channel = f"{CHANNEL}:{self._gate.database if self._gate else 0}"
        self._listeners: dict[str, dict[_Numbers, bool]] = {}
        """Who listens to a topic, and whether it is an alarm to them."""

    async def publish(self, topic: str, number: int) -> None:
        """Tell the listeners of a topic. Without Redis, those of other workers hear nothing."""
        if self._gate is not None:
            try:
                await self._gate.ask(lambda client: client.publish(self.channel, f"{topic} {number}"))
            except RedisGone:
                pass
            else:
                return
        self.tell_here(topic, number)

    @asynccontextmanager
    async def listening(self, topic: str, *, alarm: str = "") -> AsyncIterator[AsyncIterator[int]]:
        """The numbers of the events of a topic from now on, for as long as the block runs; ALARM for each of `alarm`.

        Who gives up waiting for the next one loses nothing.
        """
        queue = _Numbers(MAX_WAITING)
        topics = {topic: False} | ({alarm: True} if alarm else {})
        for name, is_alarm in topics.items():
            self._listeners.setdefault(name, {})[queue] = is_alarm
        try:
            yield queue
        finally:
            for name in topics:
                listeners = self._listeners[name]
                del listeners[queue]
                if not listeners:
                    del self._listeners[name]

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        """While the block runs, events of other workers are heard."""
        if self._gate is None:
            yield
            return
        ready = asyncio.Event()
        async with meanwhile(self._receive(self._gate, ready)):
            await ready.wait()
            yield

    async def close(self) -> None:
        """Let go of the connections to Redis."""
        if self._gate is not None:
            await self._gate.close()

    async def _receive(self, gate: Gate, ready: asyncio.Event) -> None:
        """Hand on what Redis sends; after a failure, subscribe again. `ready` once the first try is made."""
        while True:
            try:
                async with gate.client.pubsub() as channel:
                    await channel.subscribe(self.channel)
                    is_asked = True
                    while True:
                        message = await channel.get_message(timeout=HEARTBEAT_SECONDS)
                        if message is not None:
                            is_asked = False
                            gate.answered()
                            ready.set()  # Redis has confirmed the subscription
                            if message["type"] == "message":
                                self._hand_on(message["data"])
                        elif is_asked:
                            raise TimeoutError("Redis is silent.")
                        else:
                            await channel.ping()
                            is_asked = True
            except failures() as error:
                await gate.failed(error)
                ready.set()
                await asyncio.sleep(RETRY_SECONDS)

    def _hand_on(self, data: bytes) -> None:
        topic, _, number = data.decode(errors="replace").rpartition(" ")
        if number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS:
            self.tell_here(topic, int(number))
        else:
            log.warning("event_not_understood", size=len(data))

    def tell_here(self, topic: str, number: int) -> None:
        """Tell the listeners of this process."""
        for queue, is_alarm in self._listeners.get(topic, {}).items():
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(ALARM if is_alarm else number)


class _Numbers(asyncio.Queue[int]):
    """What waits for one listener."""

    def __aiter__(self) -> "_Numbers":
        return self

    async def __anext__(self) -> int:
        return await self.get()

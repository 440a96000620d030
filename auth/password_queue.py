"""The queue of password checks: bounded, fair between client networks, known clients first."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import ceil

from cachetools import FIFOCache
from prometheus_client import Counter

from models.errors import ServiceBusy

MAX_WAITING = 32
"""The callers that wait in each of the two queues; one more is refused."""
_REMEMBERED = 1024
_FIRST_ESTIMATE_SECONDS = 0.25

REFUSED = Counter("password_work_refused_total", "Passwords that were not worked on, because too many waited.")


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a password is worked on. `is_known`: a live session, or a network of the account's owner."""

    network: str = ""
    is_known: bool = True


THE_SERVER = Caller()
"""The server itself and its operator's commands."""


class PasswordQueue:
    """Hands out `slots` to callers. Callers who are not known get all but one of them.

    Among the waiting, the network that was served longest ago is next, so that one that sends many requests waits for
    itself. Where the queue is full, the network with the most waiting, or served last, loses its newest.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._known = _Waiting()
        self._strangers = _Waiting()
        self._running = 0
        self._running_strangers = 0
        self._seconds = _FIRST_ESTIMATE_SECONDS

    @asynccontextmanager
    async def slot(self, caller: Caller) -> AsyncIterator[None]:
        """A slot while the block runs. Raises ServiceBusy where too many wait already."""
        if self._may_run(is_known=caller.is_known):
            self._start(is_known=caller.is_known)
            self._queue_of(caller).note(caller.network)
        else:
            await self._wait(caller)
        began = time.perf_counter()
        try:
            yield
        finally:
            self._seconds += (time.perf_counter() - began - self._seconds) / 8
            self._end(is_known=caller.is_known)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._known) + len(self._strangers)

    def _may_run(self, *, is_known: bool) -> bool:
        if is_known:
            return self._running < self._slots
        return self._running < self._slots and self._running_strangers < max(1, self._slots - 1)

    def _start(self, *, is_known: bool) -> None:
        self._running += 1
        self._running_strangers += not is_known

    def _end(self, *, is_known: bool) -> None:
        self._running -= 1
        self._running_strangers -= not is_known
        for waiting, knows in ((self._known, True), (self._strangers, False)):
            while self._may_run(is_known=knows) and (turn := waiting.next()) is not None:
                self._start(is_known=knows)
                turn.set_result(None)

    async def _wait(self, caller: Caller) -> None:
        waiting = self._queue_of(caller)
        turn = waiting.join(caller.network, busy=ServiceBusy(self._estimate(len(waiting))))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._end(is_known=caller.is_known)  # its turn had come already
            raise

    def _queue_of(self, caller: Caller) -> "_Waiting":
        return self._known if caller.is_known else self._strangers

    def _estimate(self, waiting: int) -> int:
        """The seconds until those who wait have been served."""
        return max(1, ceil(waiting * self._seconds / self._slots))


class _Waiting:
    """The turns that are waited for, by network."""

    def __init__(self) -> None:
        self._turns: dict[str, deque[asyncio.Future[None]]] = {}
        self._count = 0
        self._served: FIFOCache[str, int] = FIFOCache(_REMEMBERED)
        self._serial = 0

    def __len__(self) -> int:
        return self._count

    def join(self, network: str, *, busy: ServiceBusy) -> "asyncio.Future[None]":
        """A turn of a network, to be awaited; raises `busy` where there is no room."""
        if self._count >= MAX_WAITING and not self._make_room_for(network, busy):
            REFUSED.inc()
            raise busy
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.setdefault(network, deque()).append(turn)
        self._count += 1
        return turn

    def next(self) -> "asyncio.Future[None] | None":
        """The turn that has come, if anybody waits: of the network that was served longest ago, or never."""
        while self._turns:
            network = min(self._turns, key=lambda name: self._served.get(name, 0))
            turn = self._take(network, newest=False)
            if not turn.done():  # nobody waits for one that was cancelled
                self.note(network)
                return turn
        return None

    def _make_room_for(self, network: str, busy: ServiceBusy) -> bool:
        """Take the turn of the network that has most of them, and was served last, unless that is this one."""

        def claim(name: str, turns: int) -> tuple[int, int]:
            return turns, self._served.get(name, 0)

        greediest = max(self._turns, key=lambda name: claim(name, len(self._turns[name])))
        mine = claim(network, len(self._turns.get(network, ())) + 1)
        if claim(greediest, len(self._turns[greediest])) <= mine:
            return False
        evicted = self._take(greediest, newest=True)
        if not evicted.done():
            REFUSED.inc()
            evicted.set_exception(busy)
        return True

    def _take(self, network: str, *, newest: bool) -> "asyncio.Future[None]":
        turns = self._turns[network]
        turn = turns.pop() if newest else turns.popleft()
        if not turns:
            del self._turns[network]
        self._count -= 1
        return turn

    def note(self, network: str) -> None:
        """A network is served."""
        self._serial += 1
        self._served[network] = self._serial

"""Matching in the background: which of the processes does it, and when.

Of all processes that share a database one matches, holding a lock that goes with it. The lexicon, NumPy and the other
things that it needs take half a second and 50 MB: it imports them when there is something to do.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from models.locks import Lock, try_lock
from resolvers.scope import Scope, Services
from resolvers.talent import tasks
from watching.meanwhile import meanwhile
from watching.work import run_as

if TYPE_CHECKING:
    from resolvers.talent.matching import Matcher

LOCK = "matching"
POLL_SECONDS = 2.0
"""How often to look for changes by other processes, where Redis does not tell of them."""

log = structlog.get_logger()


@asynccontextmanager
async def matching(services: Services) -> AsyncIterator[None]:
    """While the block runs, recommendations are computed by this process or another."""
    async with meanwhile(_run(services)):
        yield


async def _run(services: Services) -> None:
    run_as("matching")
    async with _woken(services) as wake:
        while True:
            wake.clear()
            try:
                if await tasks.are_waiting(Scope(services, now=services.clock())):
                    async with try_lock(services.database, LOCK) as lock:
                        if lock is not None:
                            await _work(await asyncio.to_thread(_matcher, services), lock, wake)
            except Exception:
                # Whatever it was, the tasks are still there: begin anew.
                log.exception("matching_failed")
            await _wait(wake)


def _matcher(services: Services) -> "Matcher":
    from resolvers.talent.matching import Matcher

    return Matcher(services)


async def _work(matcher: "Matcher", lock: Lock, wake: asyncio.Event) -> None:
    """Do what there is to do, and what comes, for as long as the lock is held."""
    await matcher.load()
    while await lock.is_held():
        wake.clear()
        while await matcher.step():
            pass
        await _wait(wake)


async def _wait(wake: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(wake.wait(), POLL_SECONDS)


@asynccontextmanager
async def _woken(services: Services) -> AsyncIterator[asyncio.Event]:
    """An event that is set when somebody tells of work."""
    wake = asyncio.Event()

    async def listen(changes: AsyncIterator[int]) -> None:
        async for _ in changes:
            wake.set()

    async with services.events.listening(tasks.TOPIC) as changes:
        listener = asyncio.create_task(listen(changes))
        try:
            yield wake
        finally:
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listener

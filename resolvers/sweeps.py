"""Sweeps: periodic deletion of expired rows, and updates of totals."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from resolvers import orphans, totals, uploads
from resolvers.scope import Scope, Services
from resolvers.talent import recruiters

INTERVAL_SECONDS = 600

log = structlog.get_logger()


async def sweep(services: Services) -> None:
    """Remove images that nobody claimed, captchas that nobody answered and links of recruiters that nobody opened.

    Totals of large tables are brought up to date; files without a row are removed, a part of them each time.
    Several processes may do this at once.
    """
    scope = Scope(services, now=services.clock())
    await uploads.forget_unclaimed(scope)
    async with services.database.transaction() as transaction:
        await services.captchas.forget_expired(transaction, now=scope.now)
        await recruiters.forget_old(transaction, now=scope.now)
    await totals.bring_up_to_date(services)
    await orphans.remove_orphans(scope, orphans.slice_of(int(scope.now.timestamp() / INTERVAL_SECONDS)))


@asynccontextmanager
async def sweeping(services: Services) -> AsyncIterator[None]:
    """While the block runs, bring totals up to date at once, and sweep every ten minutes."""
    task = asyncio.create_task(_run(services))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _run(services: Services) -> None:
    work = totals.bring_up_to_date
    while True:
        try:
            await work(services)
        except Exception:
            log.exception("sweep_failed")
        work = sweep
        await asyncio.sleep(INTERVAL_SECONDS)

"""Sweeps: periodic deletion of expired rows, and updates of totals."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog

from resolvers import files, orphans, totals
from resolvers.retention import Walks, delete_what_is_over
from resolvers.scope import Scope, Services
from resolvers.talent import recruiters
from watching.meanwhile import meanwhile
from watching.work import run_as

INTERVAL_SECONDS = 600
ACTIVITY_SECONDS = 60.0

log = structlog.get_logger()


async def sweep(services: Services, walks: Walks | None = None) -> None:
    """Delete what is kept no longer, captchas that nobody answered and links of recruiters that nobody opened.

    `walks` says where the last sweep stopped. Totals of large tables are brought up to date; files without a row are
    removed, a part of them each time, and files of older releases are measured. Several processes may do this at once.
    """
    now = services.clock()
    walks = {} if walks is None else walks
    await delete_what_is_over(services, walks)
    async with services.database.transaction() as transaction:
        await services.captchas.forget_expired(transaction, now=now)
        await recruiters.forget_old(transaction, now=now)
    await totals.bring_up_to_date(services)
    part = orphans.slice_of(int(now.timestamp() / INTERVAL_SECONDS))
    await orphans.remove_orphans(Scope(services, now=now), part)
    walks["unmeasured"] = await files.measure_old(services, walks.get("unmeasured", 0))


@asynccontextmanager
async def sweeping(services: Services) -> AsyncIterator[None]:
    """While the block runs, bring totals up to date at once, sweep every ten minutes, and write down who was there."""
    async with meanwhile(_run(services), _write_activity(services)):
        yield


async def _write_activity(services: Services) -> None:
    run_as("sweep")
    while True:
        await asyncio.sleep(ACTIVITY_SECONDS)
        try:
            await services.activity.write(services.database, services.clock())
        except Exception:
            log.exception("activity_not_written")


async def _run(services: Services) -> None:
    walks: Walks = {}
    run_as("sweep")
    work = totals.bring_up_to_date
    while True:
        try:
            await work(services)
        except Exception:
            log.exception("sweep_failed")
        work = partial(sweep, walks=walks)
        await asyncio.sleep(INTERVAL_SECONDS)

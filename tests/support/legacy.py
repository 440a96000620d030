"""Moving a predecessor in, as the command does."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.legacy import Dirt, write_recorder
from models.settings import Settings
from resolvers.legacy import mapping
from resolvers.legacy.moving import Import, Outcome, Watch
from resolvers.legacy.reading.opening import opened
from resolvers.legacy.reading.prepared import Here
from resolvers.legacy.report import Report
from resolvers.legacy.sources import SOURCES
from resolvers.legacy.verifying import Verified, verify
from resolvers.scope import Scope, Services
from resolvers.startup import upgrade
from tests.support.clients import Clock

DIRTY = Dirt(
    duplicate_accounts=10,
    short_accounts=14,
    zero_dates=5,
    broken_json=7,
    orphaned_comments=4,
    orphaned_clock_ins=50,
    repeated_slots=40,
)
"""Enough of each in a class of 60."""


def recorder(folder: Path, *, users: int = 60, dirt: Dirt = DIRTY) -> Path:
    """A dump of the recorder."""
    path = folder / "recorder.sql"
    with path.open("w", encoding="utf-8") as file:
        write_recorder(file, users=users, dirt=dirt)
    return path


@asynccontextmanager
async def services(settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    """The services of a command."""
    started = Services.from_settings(settings, clock)
    try:
        await upgrade(started)
        yield started
    finally:
        await started.close()


async def move(
    settings: Settings,
    clock: Clock,
    source: str,
    path: Path,
    *,
    report: Path | None = None,
    batch_rows: int = 25,
    watch: Watch = lambda *_: None,
    files: Path | None = None,
    **arguments: Any,
) -> dict[str, dict[str, int]]:
    """What was counted of each kind."""
    outcomes: Sequence[Outcome]
    async with services(settings, clock) as started:
        with opened(path) as read:
            mapped = mapping.load(source, SOURCES[source])
            moving = Import(
                lambda: Scope(started, now=clock.now, request_id="command line"),
                read,
                mapped,
                Here(read, mapped, started.database.preparer),
                lambda length: None if report is None else Report(report, length=length),
                watch,
                files,
                batch_rows,
            )
            outcomes = await moving.run(**arguments)
    return {each.kind: {name: n for name, n in each.counts.items() if n} for each in outcomes if each.counts}


async def verified(settings: Settings, clock: Clock, source: str, path: Path) -> list[Verified]:
    """The source beside what is here."""
    async with services(settings, clock) as started:
        with opened(path) as read:
            return await verify(Scope(started, now=clock.now), read, mapping.load(source, SOURCES[source]))

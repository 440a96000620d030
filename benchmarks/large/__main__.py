"""`python -m benchmarks.large`: fills a large database and tells how long each call takes on it."""

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx2
import orjson
import structlog
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from benchmarks.large.calling import Request, requests
from benchmarks.large.data import fill
from models.settings import Settings
from resolvers.scope import Services
from server import create_app
from tests.support.postgresql import running_cluster

GOAL_MS = 200
SHOWN = 10
KEY = "of no use to anybody, and long enough"
"""Kept with a filled database: what is encrypted in it can be read in the next run."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A request, and how long it took."""

    group: str
    name: str
    median_ms: float
    max_ms: float
    cpu_ms: float
    """Of this process, the least of the rounds. On SQLite that is all of it."""
    status: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the database if it is empty, call, and print what is slow; 1 if something is slower than the goal."""
    options = _options().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    console = Console(width=max(140, Console().width))
    with ExitStack() as stack:
        folder = options.folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="careergraph-large-", dir=options.within))
        )
        url = options.database_url
        if options.postgresql:
            url = stack.enter_context(running_cluster()).url("postgres")
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            data_dir=folder,
            database_url=url,
            secret_key=SecretStr(KEY),
            demo_data=False,
            matching=False,
            log_level="ERROR",
        )
        timed = asyncio.run(_run(settings, options, console))
    timed.sort(key=lambda each: each.median_ms, reverse=True)
    slow = [each for each in timed if each.median_ms > GOAL_MS]
    console.print(_table(f"The slowest of {len(timed)} calls", timed[: max(SHOWN, len(slow))]))
    console.print(f"{len(slow)} of {len(timed)} calls take more than {GOAL_MS} ms.")
    if options.json:
        options.json.write_bytes(orjson.dumps(timed, option=orjson.OPT_INDENT_2))
    return 1 if slow else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.large", description="How long calls take on much data; see docs/security.md."
    )
    parser.add_argument("--users", type=int, default=100_000, help="10 clock-ins and 2 posts of each, and so on")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="where the SQLite file is kept; filled if there is none")
    parser.add_argument("--within", type=Path, help="where the folder is made that is taken away at the end")
    parser.add_argument("--database-url", default="", help="of a PostgreSQL database, filled if it is empty")
    parser.add_argument("--postgresql", action="store_true", help="on a throwaway PostgreSQL cluster")
    parser.add_argument("--only", help="the calls whose group and name contain this text")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser


async def _run(settings: Settings, options: argparse.Namespace, console: Console) -> list[Timed]:
    services = Services.from_settings(settings)
    try:
        began = time.perf_counter()
        if await fill(services, settings, users=options.users):
            console.print(f"Filled with {options.users:,} users in {time.perf_counter() - began:.0f} s")
        wanted = [
            each for each in requests(services) if not options.only or options.only in f"{each.group} {each.name}"
        ]
    finally:
        await services.close()
    app = create_app(settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://large.test", timeout=120) as http,
    ):
        return [await _timed(http, each, options.rounds) for each in wanted]


async def _timed(http: httpx2.AsyncClient, request: Request, rounds: int) -> Timed:
    """The times of some rounds, after one that warms up."""
    await request.send(http, 1)
    times, cpu, status = [], [], 0
    for number in range(2, rounds + 2):
        began, began_cpu = time.perf_counter(), time.process_time()
        response = await request.send(http, number)
        times.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - began_cpu))
        status = response.status_code
        if times[0] > 10 * GOAL_MS:
            break
    return Timed(request.group, request.name, statistics.median(times), max(times), min(cpu), status)


def _table(title: str, timed: Sequence[Timed]) -> Table:
    table = Table(title=title)
    for name, justify in (
        ("by", "left"),
        ("call", "left"),
        ("median ms", "right"),
        ("max ms", "right"),
        ("CPU ms", "right"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for each in timed:
        table.add_row(each.group, each.name, f"{each.median_ms:.1f}", f"{each.max_ms:.1f}", f"{each.cpu_ms:.1f}")
    return table


if __name__ == "__main__":
    sys.exit(main())

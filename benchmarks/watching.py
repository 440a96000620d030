"""What metrics and logs cost: `python -m benchmarks.watching`; see docs/monitoring.md.

Two servers on the same data, one as it is in production and one without the access log, metrics and traces, answer the
same calls in turns: each pair of bursts gives a ratio. A request has its id and its headers in both. With `--inside`,
one application in this process is asked without sockets, with and without in turns: a busy machine disturbs that less.
"""

import argparse
import asyncio
import random
import secrets
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette

from benchmarks.calls import POSTS, SEARCH, VIEWER, calls
from benchmarks.contest import READERS
from benchmarks.data import Volume, fill
from benchmarks.load import Call, Figures, burst
from benchmarks.processes import Server, started
from benchmarks.profile import ask
from models.db.sqlite import reads, writes
from models.settings import Settings
from rest_compat import access_log
from server import configure_logging, create_app
from server import main as serve

VOLUME = Volume(users=2000, clock_ins=10_000, posts=500, comments=10)
CALLS = (SEARCH, VIEWER, POSTS)
CONNECTIONS = 16
PAIRS, BATCH = 300, 40
UNWATCHED = "unwatched"


def main() -> int:
    """Measure, and print the table; or be the server that nobody watches."""
    parser = argparse.ArgumentParser(prog="benchmarks.watching", description="What metrics and logs cost.")
    parser.add_argument("--rounds", type=int, default=41, help="pairs of bursts of each call")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each burst")
    parser.add_argument("--inside", action="store_true", help="in this process, in pairs of 40 requests")
    parser.add_argument("role", nargs="?", choices=[UNWATCHED], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role == UNWATCHED:
        return _serve_unwatched()
    if options.inside:
        return _measure_inside()
    table = Table(title=f"With metrics and logs against without; {options.rounds} pairs of {options.seconds:g} s")
    for heading in ("call", "requests a second", "middle half", "processor time", "middle half"):
        table.add_column(heading, justify="left" if heading == "call" else "right")
    with ExitStack() as stack:
        watched, unwatched, tokens = _servers(stack)
        for name in CALLS:
            pairs = _pairs(calls(VOLUME.clock_ins)[name], watched, unwatched, tokens, options)
            speeds = [with_.requests_per_second / without.requests_per_second for with_, without in pairs]
            times = [(with_.cpu_ms or 0) / (without.cpu_ms or 1) for with_, without in pairs]
            table.add_row(name, *_shown(speeds), *_shown(times))
    Console(width=100).print(table)
    return 0


def _environment(folder: str) -> dict[str, str]:
    return {
        "ENVIRONMENT": "production",
        "DATA_DIR": folder,
        "SECRET_KEY": secrets.token_hex(32),
        "MATCHING": "0",
        "METRICS_TOKEN": secrets.token_hex(16),
    }


def _servers(stack: ExitStack) -> tuple[Server, Server, list[str]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="careergraph-watching-")))
    environment = _environment(str(folder))
    settings = Settings(_env_file=None, **{name.lower(): value for name, value in environment.items()})  # type: ignore[arg-type, call-arg]
    tokens = fill(settings, VOLUME, now=datetime.now(UTC))[:READERS]
    unwatched = [sys.executable, "-m", "benchmarks.watching", UNWATCHED]
    servers = [
        stack.enter_context(started(command, {**environment, **more}, folder / f"{number}.log"))
        for number, (command, more) in enumerate(
            (([sys.executable, "server.py"], {}), (unwatched, {"LOG_LEVEL": "WARNING"}))
        )
    ]
    for server in servers:
        server.wait_until_ready()
        server.wait_until_idle()
    return servers[0], servers[1], tokens


def _pairs(
    call: Call, watched: Server, unwatched: Server, tokens: list[str], options: argparse.Namespace
) -> list[tuple[Figures, Figures]]:
    """The figures of both servers, burst by burst, the first of each pair by chance; the first pair warms up."""
    pairs = []
    for _ in range(options.rounds + 1):
        found = {}
        for server in random.sample([watched, unwatched], 2):
            before = _nanoseconds(server)
            figures = burst(server.url, call, tokens, seconds=options.seconds, connections=CONNECTIONS)
            spent = _nanoseconds(server) - before
            found[server.url] = replace(figures, cpu_ms=spent / 1e6 / figures.requests)
        pairs.append((found[watched.url], found[unwatched.url]))
    return pairs[1:]


def _measure_inside() -> int:
    table = Table(title=f"Microseconds of processor time per request; medians of {PAIRS} pairs of {BATCH} requests")
    for heading in ("call", "without", "more with metrics and logs", "ratio"):
        table.add_column(heading, justify="left" if heading == "call" else "right")
    with tempfile.TemporaryDirectory(prefix="careergraph-watching-") as folder, (Path(folder) / "log").open("w") as log:
        settings = Settings(_env_file=None, **{name.lower(): value for name, value in _environment(folder).items()})  # type: ignore[arg-type, call-arg]
        with patch.object(sys, "stderr", log):
            configure_logging(settings)
        tokens = fill(settings, VOLUME, now=datetime.now(UTC))[:BATCH]
        for name, (without, more) in asyncio.run(_inside(create_app(settings), tokens)).items():
            table.add_row(name, f"{without:.0f}", f"{more:.1f}", f"{1 + more / without:.3f}")
    Console(width=100).print(table)
    return 0


async def _inside(app: Starlette, tokens: list[str]) -> dict[str, tuple[float, float]]:
    """By call: the microseconds of a request that nobody watches, and how many more one takes otherwise."""
    found = {}
    async with app.router.lifespan_context(app):
        for name in CALLS:
            call = calls(VOLUME.clock_ins)[name]
            without, more = [], []
            for number in range(PAIRS + 10):
                first = bool(number % 2)
                spent = {is_watched: await _batch(app, call, tokens, is_watched) for is_watched in (first, not first)}
                without.append(spent[False])
                more.append(spent[True] - spent[False])
            found[name] = statistics.median(without[10:]), statistics.median(more[10:])
    return found


async def _batch(app: Starlette, call: Call, tokens: list[str], is_watched: bool) -> float:
    with ExitStack() as stack:
        if not is_watched:
            _watch_nothing(stack)
        began = time.process_time_ns()
        for token in tokens:
            await ask(app, call, token)
        access_log.settle()
        spent = time.process_time_ns() - began
    await asyncio.sleep(0)
    return spent / len(tokens) / 1000


def _nanoseconds(server: Server) -> int:
    """The processor time of all its threads. Linux alone tells it finely enough for short bursts."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def _shown(ratios: list[float]) -> tuple[str, str]:
    lower, median, upper = statistics.quantiles(ratios, n=4)
    return f"{median:.3f}", f"{lower:.2f} to {upper:.2f}"


def _serve_unwatched() -> int:
    """Serve without noting anything."""
    with ExitStack() as stack:
        _watch_nothing(stack)
        return serve()


def _watch_nothing(stack: ExitStack) -> None:
    """Note nothing until the stack is closed."""

    def nothing(*_arguments: Any, **_options: Any) -> None:
        pass

    for module in (reads, writes):
        stack.enter_context(patch.object(module, "ran", nothing))
        stack.enter_context(patch.object(module, "perf_counter", nothing))
    stack.enter_context(patch.object(access_log.AccessLog, "_ended", nothing))


if __name__ == "__main__":
    sys.exit(main())

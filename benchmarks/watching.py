"""What metrics and logs cost: `python -m benchmarks.watching`; see docs/monitoring.md.

Two servers on the same data, one as it is in production and one without the access log, metrics and traces, answer the
same calls in turns: each pair of bursts gives a ratio. A request has its id and its headers in both.
"""

import argparse
import random
import secrets
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from benchmarks.calls import POSTS, SEARCH, VIEWER, calls
from benchmarks.contest import READERS
from benchmarks.data import Volume, fill
from benchmarks.load import Call, Figures, burst
from benchmarks.processes import Server, started
from models.settings import Settings

VOLUME = Volume(users=2000, clock_ins=10_000, posts=500, comments=10)
CALLS = (SEARCH, VIEWER, POSTS)
CONNECTIONS = 16
UNWATCHED = "unwatched"


def main() -> int:
    """Measure, and print the table; or be the server that nobody watches."""
    parser = argparse.ArgumentParser(prog="benchmarks.watching", description="What metrics and logs cost.")
    parser.add_argument("--rounds", type=int, default=41, help="pairs of bursts of each call")
    parser.add_argument("--seconds", type=float, default=0.5, help="of each burst")
    parser.add_argument("role", nargs="?", choices=[UNWATCHED], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role == UNWATCHED:
        return _serve_unwatched()
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


def _servers(stack: ExitStack) -> tuple[Server, Server, list[str]]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="careergraph-watching-")))
    environment = {
        "ENVIRONMENT": "production",
        "DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_hex(32),
        "MATCHING": "0",
        "METRICS_TOKEN": secrets.token_hex(16),
    }
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


def _nanoseconds(server: Server) -> int:
    """The processor time of all its threads. Linux alone tells it finely enough for short bursts."""
    tasks = Path(f"/proc/{server.process.pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks)


def _shown(ratios: list[float]) -> tuple[str, str]:
    lower, median, upper = statistics.quantiles(ratios, n=4)
    return f"{median:.3f}", f"{lower:.2f} to {upper:.2f}"


def _serve_unwatched() -> int:
    """Serve without noting anything."""
    from models.db import postgresql
    from models.db.sqlite import reads, writes
    from rest_compat import access_log
    from server import main as serve

    def nothing(*_arguments: Any, **_options: Any) -> None:
        pass

    with ExitStack() as stack:
        for module in (postgresql, reads, writes):
            stack.enter_context(patch.object(module, "ran", nothing))
            stack.enter_context(patch.object(module, "perf_counter", nothing))
        stack.enter_context(patch.object(access_log.AccessLog, "_ended", nothing))
        return serve()


if __name__ == "__main__":
    sys.exit(main())

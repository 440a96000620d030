"""Where the time of a request goes: `python -m benchmarks.profile`; see docs/benchmarks.md.

The applications run in this process, without a socket, on a small database, one request at a time. It is processor
time, which others that keep the machine busy change less.
"""

import argparse
import asyncio
import gc
import secrets
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table
from starlette.applications import Starlette

import schema.engine.graph
from benchmarks.calls import POSTS, SEARCH, VIEWER, calls
from benchmarks.data import Volume, fill
from benchmarks.load import Call
from benchmarks.peers import handwritten, serving
from models.db.sqlite import SqliteReads
from models.settings import Settings
from schema.engine.operations import GraphSchema
from server import configure_logging, create_app

VOLUME = Volume(users=5000, clock_ins=10_000, posts=500, comments=10)
CALLS = (SEARCH, VIEWER, POSTS)
REQUESTS = 300
CALLERS = 64
HTTP, TOKEN, STATEMENTS, FIELDS = "HTTP and translation", "token", "statements", "plan, or handler"
TIMED = {
    "Careergraph": (
        (SqliteReads, "fetch", STATEMENTS),
        (schema.engine.graph, "authenticate", TOKEN),
        (schema.engine.graph.Graph, "execute", FIELDS),
        (GraphSchema, "run", FIELDS),
    ),
    "handwritten Starlette": (
        (SqliteReads, "fetch", STATEMENTS),
        (serving, "authenticate", TOKEN),
        (handwritten, "_search_clock_ins", FIELDS),
        (handwritten, "_operation", FIELDS),
    ),
}
"""The functions whose time is told apart, by server: each without what others of them take that it calls."""


class Stages:
    """The seconds of processor time that each stage takes, without those that it contains."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._contained: list[float] = []

    def timed(self, stage: str, function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """The function, whose time counts for a stage."""

        async def timed(*arguments: Any, **options: Any) -> Any:
            began = time.process_time()
            self._contained.append(0)
            try:
                return await function(*arguments, **options)
            finally:
                took = time.process_time() - began
                self.seconds[stage] += took - self._contained.pop()
                if self._contained:
                    self._contained[-1] += took

        return timed


def main() -> int:
    """Fill a database, measure each server at each call, and print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.profile", description="Where the time of a request goes.")
    parser.add_argument("--rounds", type=int, default=15, help=f"of {REQUESTS} requests; the medians count")
    options = parser.parse_args()
    console = Console(width=100)
    with tempfile.TemporaryDirectory(prefix="careergraph-profile-") as folder:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            environment="production",  # type: ignore[arg-type]
            data_dir=folder,  # type: ignore[arg-type]
            secret_key=secrets.token_hex(32),  # type: ignore[arg-type]
            log_level="WARNING",
            matching=False,
        )
        configure_logging(settings)
        tokens = fill(settings, VOLUME, now=datetime.now(UTC))[:CALLERS]
        table = Table(title="Microseconds of a request (without a socket and uvicorn)")
        for heading in ("call", "server"):
            table.add_column(heading)
        for heading in (HTTP, TOKEN, STATEMENTS, FIELDS, "all"):
            table.add_column(heading, justify="right")
        for call in CALLS:
            for server, build in (("Careergraph", create_app), ("handwritten Starlette", handwritten.create_app)):
                found = _measured(server, build, settings, calls(VOLUME.clock_ins)[call], tokens, options.rounds)
                figures = [found[stage] for stage in (HTTP, TOKEN, STATEMENTS, FIELDS)]
                table.add_row(call, server, *(f"{figure:.0f}" for figure in (*figures, sum(figures))))
    console.print(table)
    return 0


def _measured(
    server: str,
    build: Callable[[Settings], Starlette],
    settings: Settings,
    call: Call,
    tokens: Sequence[str],
    rounds: int,
) -> dict[str, float]:
    """The microseconds of each stage, as the median of the rounds."""
    stages = Stages()
    with ExitStack() as stack:
        for owner, name, stage in TIMED[server]:
            stack.enter_context(patch.object(owner, name, stages.timed(stage, getattr(owner, name))))
        found = asyncio.run(_rounds(build(settings), stages, call, tokens, rounds))
    return {stage: statistics.median(each[stage] for each in found) for stage in (HTTP, TOKEN, STATEMENTS, FIELDS)}


async def _rounds(
    app: Starlette, stages: Stages, call: Call, tokens: Sequence[str], rounds: int
) -> list[dict[str, float]]:
    answer = stages.timed(HTTP, app)
    found = []
    async with app.router.lifespan_context(app):
        for token in [*tokens] * 4:
            await ask(answer, call, token)
        gc.collect()
        gc.freeze()
        for _ in range(rounds):
            stages.seconds.clear()
            for number in range(REQUESTS):
                await ask(answer, call, tokens[number % len(tokens)])
            found.append({stage: seconds / REQUESTS * 1e6 for stage, seconds in stages.seconds.items()})
        gc.unfreeze()
    return found


async def ask(app: Callable[..., Awaitable[Any]], call: Call, token: str) -> None:
    """Send a call to an application of this process. Raises RuntimeError unless it is answered with 200."""
    parts = urlsplit(call.path)
    headers = {
        "Host": "127.0.0.1",
        **call.headers(token),
        **({"Content-Length": str(len(call.body))} if call.body else {}),
    }
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": call.method,
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "root_path": "",
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": call.body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            raise RuntimeError(f"{call.path} answered {message['status']}.")

    await app(scope, receive, send)


if __name__ == "__main__":
    sys.exit(main())

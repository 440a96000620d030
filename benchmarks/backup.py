"""Reads beside a backup: `python -m benchmarks.backup`, or with `--megabytes N`.

A server on SQLite with that much data answers reads at a fixed rate while others write; their times are compared
between a backup and none, in turn. Ends with 1 if the 99th percentile moves by more than the goal.
"""

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from sqlalchemy import insert, text

from benchmarks.data import with_services
from benchmarks.processes import ROOT, started
from models.community import Post
from models.settings import Settings
from models.statements import table_of
from resolvers.scope import Services

READS_PER_SECOND = 50
WRITES_PER_SECOND = 20
GOAL = 1.5
QUIET_SECONDS = 15
TEXT_BYTES = 20_000
BATCH = 500
READ = {"query": "{ posts(first: 10) { nodes { id title comments(first: 3) { nodes { id } } } } }"}
SIGN_IN = """mutation { signIn(input: {identifier: "8888888888", password: "admin"}) { token } }"""
POST = """mutation { createPost(input: {title: "x", content: "y"}) { errors { code } } }"""


async def fill(services: Services, megabytes: int) -> None:
    """Posts of random texts, which do not compress to nothing."""
    posts, chance = table_of(Post), random.Random("backup")  # noqa: S311 - the same data every time
    owner = await services.database.fetch_value(text("SELECT min(id) FROM users"))
    now = services.clock()
    for _ in range(megabytes * 1_000_000 // (TEXT_BYTES * BATCH)):
        rows = [
            {
                "author_id": owner,
                "title": "x",
                "content": chance.randbytes(TEXT_BYTES // 2).hex(),
                "anonymous": False,
                "created_at": now,
                "updated_at": now,
            }
            for _ in range(BATCH)
        ]
        async with services.database.transaction() as transaction:
            await transaction.execute_many(insert(posts), rows)


async def at_rate(per_second: float, call: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begin a call so often, however long each takes, until this is cancelled."""
    running: set[asyncio.Task[None]] = set()
    began = time.perf_counter()
    for number in count(1):
        task = asyncio.create_task(call())
        running.add(task)
        task.add_done_callback(running.discard)
        await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))


async def measured(host: str, token: str, until: Awaitable[object]) -> list[float]:
    """The milliseconds of the reads that began before the awaitable ended, ascending."""
    times: list[float] = []
    async with httpx2.AsyncClient(
        base_url=f"http://{host}", headers={"Authorization": f"Bearer {token}"}, timeout=60
    ) as http:

        async def send(query: str, *, kept: bool) -> None:
            began = time.perf_counter()
            try:
                reply = await http.post("/graphql", json={"query": query})
            except (httpx2.RemoteProtocolError, httpx2.ReadError):
                return  # the server closed a connection that was idle too long, while this was sent on it
            if reply.status_code != 200 or "errors" in reply.json():
                raise RuntimeError(reply.text)
            if kept:
                times.append((time.perf_counter() - began) * 1000)

        load = [
            asyncio.create_task(at_rate(READS_PER_SECOND, lambda: send(READ["query"], kept=True))),
            asyncio.create_task(at_rate(WRITES_PER_SECOND, lambda: send(POST, kept=False))),
        ]
        await until
        for task in load:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await asyncio.sleep(1)  # what is under way
    return sorted(times)


async def backed_up(file: Path, environment: dict[str, str]) -> float:
    """Run the command; how long it took."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *("nice", sys.executable, "-m", "cli", "backup", str(file)),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    if await process.wait():
        raise RuntimeError("The backup failed.")
    return time.perf_counter() - began


async def compare(host: str, folder: Path, environment: dict[str, str], rounds: int) -> list[float]:
    """The factor by which the 99th percentile moved, for each round."""
    async with httpx2.AsyncClient(base_url=f"http://{host}", timeout=60) as http:
        token = (await http.post("/graphql", json={"query": SIGN_IN})).json()["data"]["signIn"]["token"]
    await measured(host, token, asyncio.sleep(3))  # the caches fill
    factors = []
    for number in range(rounds):
        quiet = await measured(host, token, asyncio.sleep(QUIET_SECONDS))
        file = folder / f"{number}.zip"
        backup = asyncio.create_task(backed_up(file, environment))
        busy = await measured(host, token, backup)
        before, beside = quiet[int(len(quiet) * 0.99)], busy[int(len(busy) * 0.99)]
        factors.append(beside / before)
        print(
            f"round {number + 1}: a backup of {file.stat().st_size / 1e6:.0f} MB in {backup.result():.0f} s;"
            f" reads without: median {quiet[len(quiet) // 2]:.1f} ms, p99 {before:.1f} ms ({len(quiet)});"
            f" beside it: median {busy[len(busy) // 2]:.1f} ms, p99 {beside:.1f} ms ({len(busy)}), {factors[-1]:.2f} x",
            flush=True,
        )
        file.unlink()
    return factors


def main() -> int:
    """Measure on a server of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000, help="the size of the database")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {"DATA_DIR": str(folder / "data"), "DEMO_DATA": "0", "MATCHING": "0", "LOG_LEVEL": "ERROR"}
        with started([sys.executable, "server.py"], settings, folder / "server.log") as server:
            server.wait_until_ready()
            filled = Settings(_env_file=None, data_dir=folder / "data")  # type: ignore[call-arg]
            with_services(filled, lambda services: fill(services, asked.megabytes))
            environment = {"PATH": os.environ["PATH"], **settings}
            factors = asyncio.run(compare(urlsplit(server.url).netloc, folder, environment, asked.rounds))
    factor = sorted(factors)[len(factors) // 2]
    print(f"The 99th percentile of reads moves by {factor:.2f} x in the median round; the goal is {GOAL} x.")
    return 0 if factor <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())

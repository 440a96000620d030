"""Moving a predecessor in, beside a plain load of the same rows: `python -m benchmarks.moving_in`, or with `--users N`.

Writes a dump of the recorder, moves it into a new SQLite database with the command, and loads the rows that came of it
into another one with nothing but `executemany`, in the same batches. With `--postgresql` the databases are those of a
cluster that it starts, whose plain load is an `executemany` too, in transactions of the same rows; COPY is shown
beside. Ends with 1 if a goal is missed.
"""

import argparse
import asyncio
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import asyncpg

from benchmarks.legacy import write_recorder
from benchmarks.processes import ROOT
from tests.support.postgresql import running_cluster

TABLES = (
    "users",
    "credentials",
    "user_roles",
    "employment_goals",
    "postgraduate_goals",
    "clock_ins",
    "work_logs",
    "work_log_status_lines",
    "posts",
    "comments",
)
BATCH = 4000
SECONDS, MEGABYTES, TIMES = 90, 300, 4
"""The goals for 100,000 users: how long, in how much memory, and how many times as long as the plain load."""


SAMPLED = 0.25
"""How often the memory of the processes is looked at, in seconds."""
COPIED = "copy"


class Used(NamedTuple):
    """What a process used with those that it started."""

    wall: float
    cpu: float
    megabytes: float


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true", help="start a PostgreSQL, and move it in there")
    parser.add_argument("--load", nargs="+", metavar="DATABASE", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        source, target, *how = given.load
        if source.startswith("postgresql:"):
            asyncio.run(load_postgresql(source, target, copies=how == [COPIED]))
        else:
            load(source, target)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sides = ["moved", "loaded", COPIED] if given.postgresql else ["moved", "loaded"]
        urls = dict.fromkeys(sides, "")
        if given.postgresql:
            cluster = stack.enter_context(running_cluster())
            urls = {side: asyncio.run(created(cluster.url("postgres"), side)) for side in sides}
        measured = measure(given.users, folder, urls)
    report(given.users, measured)


def measure(users: int, folder: Path, urls: dict[str, str]) -> dict[str, Used]:
    """Move it in, verify it, and load the same rows."""
    dump = folder / "recorder.sql"
    with dump.open("w", encoding="utf-8") as file:
        write_recorder(file, users=users)
    for side, url in urls.items():
        run(folder / side, url, "cli", "migrate")
    command = ("import-legacy", "recorder", str(dump))
    refused = ("--show", "0", "--report", str(folder / "refused.csv"))
    found = {
        "import-legacy": run(folder / "moved", urls["moved"], "cli", *command, *refused, allowed=(0, 1)),
        "--verify": run(folder / "moved", urls["moved"], "cli", *command, "--verify"),
    }
    places = {side: url or str(folder / side / "careergraph.db") for side, url in urls.items()}
    for side, name in (("loaded", "plain executemany"), (COPIED, "COPY")):
        if side in urls:
            arguments = ("--load", places["moved"], places[side], *([COPIED] if side == COPIED else []))
            found[name] = run(folder / side, urls[side], "benchmarks.moving_in", *arguments)
    print(f"{users:,} users, a dump of {dump.stat().st_size / 1e6:.0f} MB")
    return found


def report(users: int, measured: dict[str, Used]) -> None:
    """Print what was used, and end with 1 if a goal is missed."""
    for what, used in measured.items():
        print(f"{what:>18}: {used.wall:6.1f} s, {used.cpu:6.1f} s of CPU, {used.megabytes:4.0f} MB")
    moved, loaded = measured["import-legacy"], measured["plain executemany"]
    ratio, by_cpu = moved.wall / loaded.wall, moved.cpu / loaded.cpu
    print(f"{ratio:.1f} times the plain load, {by_cpu:.1f} times by CPU")
    if ratio > TIMES or moved.megabytes > MEGABYTES or moved.wall > SECONDS * users / 100_000 + 5:
        sys.exit(1)


def run(data_dir: Path, database: str, module: str, *arguments: str, allowed: tuple[int, ...] = (0,)) -> Used:
    """Run a module as a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(data_dir),
        "DEMO_DATA": "0",
        "ENVIRONMENT": "development",
        **({"DATABASE_URL": database} if database else {}),
    }
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment)
    sizes, ended = [0], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLED):
            sizes.append(memory_of(process.pid))

    sampling = threading.Thread(target=sample)
    sampling.start()
    try:
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    finally:
        ended.set()
        sampling.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        sys.exit(f"{module} {' '.join(arguments)} ended with {process.returncode}.")
    return Used(wall, used.ru_utime + used.ru_stime, max(sizes) / 1024)


def memory_of(pid: int) -> int:
    """The kilobytes of a process and of its children, where each counts its part of what they share."""
    found = 0
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            found += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):  # it has just ended
        return 0
    return found


async def created(url: str, name: str) -> str:
    """A new database of a cluster."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return f"{url.rpartition('/')[0]}/{name}"


async def load_postgresql(source: str, target: str, *, copies: bool) -> None:
    """Load the rows of one database into another, a table in one COPY or by `executemany` as on SQLite."""
    read, written = await asyncpg.connect(source), await asyncpg.connect(target)
    try:
        for connection in (read, written):
            for kind in ("json", "jsonb"):
                await connection.set_type_codec(kind, encoder=str, decoder=str, schema="pg_catalog")
        for table in TABLES:
            async with read.transaction():
                cursor = await read.cursor(f"SELECT * FROM {table}")  # noqa: S608 -- a name of ours
                while part := await cursor.fetch(BATCH):
                    names = list(part[0].keys())
                    if copies:
                        await written.copy_records_to_table(table, records=part, columns=names)
                        continue
                    marks = ", ".join(f"${place}" for place in range(1, len(names) + 1))
                    async with written.transaction():
                        await written.executemany(
                            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608 -- likewise
                            part,
                        )
    finally:
        await read.close()
        await written.close()


def load(source: str, target: str) -> None:
    """Load the rows of one database into another."""
    with sqlite3.connect(source) as read, sqlite3.connect(target, isolation_level=None) as written:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            written.execute(f"PRAGMA {pragma}")
        for table in TABLES:
            rows = read.execute(f"SELECT * FROM {table}")  # noqa: S608 -- a name of ours
            marks = ", ".join("?" for _ in rows.description)
            while part := list(islice(rows, BATCH)):
                written.execute("BEGIN IMMEDIATE")
                written.executemany(f"INSERT INTO {table} VALUES ({marks})", part)  # noqa: S608 -- likewise
                written.execute("COMMIT")


if __name__ == "__main__":
    main()

"""Moving a predecessor in, beside a plain load of the same rows: `python -m benchmarks.moving_in`, or with `--users N`.

Writes a dump of the recorder, moves it into a new SQLite database with the command, and loads the rows that came of it
into another one with nothing but `executemany`, in the same batches. Ends with 1 if a goal is missed.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.legacy import write_recorder
from benchmarks.processes import ROOT

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


class Used(NamedTuple):
    """What a process used."""

    wall: float
    cpu: float
    megabytes: float


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--load", nargs=2, metavar=("FROM", "TO"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.load:
        load(*given.load)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "recorder.sql").open("w", encoding="utf-8") as file:
            write_recorder(file, users=given.users)
        for side in ("moved", "loaded"):
            run(folder / side, "cli", "migrate")
        moved = run(
            folder / "moved",
            "cli",
            "import-legacy",
            "recorder",
            str(folder / "recorder.sql"),
            "--show",
            "0",
            "--report",
            str(folder / "refused.csv"),
            allowed=(0, 1),
        )
        verified = run(folder / "moved", "cli", "import-legacy", "recorder", str(folder / "recorder.sql"), "--verify")
        databases = [str(folder / side / "careergraph.db") for side in ("moved", "loaded")]
        loaded = run(folder / "loaded", "benchmarks.moving_in", "--load", *databases)
        size = (folder / "recorder.sql").stat().st_size / 1e6
    print(f"{given.users:,} users, a dump of {size:.0f} MB")
    for what, used in (("import-legacy", moved), ("--verify", verified), ("plain executemany", loaded)):
        print(f"{what:>18}: {used.wall:6.1f} s, {used.cpu:6.1f} s of CPU, {used.megabytes:4.0f} MB")
    ratio, by_cpu = moved.wall / loaded.wall, moved.cpu / loaded.cpu
    print(f"{ratio:.1f} times the plain load, {by_cpu:.1f} times by CPU")
    if ratio > TIMES or moved.megabytes > MEGABYTES or moved.wall > SECONDS * given.users / 100_000 + 5:
        sys.exit(1)


def run(data_dir: Path, module: str, *arguments: str, allowed: tuple[int, ...] = (0,)) -> Used:
    """Run a module as a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(data_dir),
        "DEMO_DATA": "0",
        "ENVIRONMENT": "development",
    }
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", module, *arguments], cwd=ROOT, env=environment)
    _pid, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in allowed:
        sys.exit(f"{module} {' '.join(arguments)} ended with {process.returncode}.")
    return Used(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


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

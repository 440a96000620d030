#!/usr/bin/env bash
# sqlite3.Connection.backup(pages=N) of Python, as its documentation shows it for a database in use, does not end while
# another process goes on writing: SQLite begins the copy anew with each commit of another connection, in WAL mode too.
# `sleep`, which is documented as the seconds "between successive attempts to back up remaining pages", makes no pause
# between steps either: it counts only where the database is locked. Inside a read transaction of the source connection the
# same copy in steps ends, is the state of one instant, and holds no writer up; a pause belongs into `progress`.
# Seen with Python 3.11 and SQLite 3.40 on Linux: not at its end after 2000 steps, and within a transaction after 51.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/seen.py" <<'PYTHON'
import sqlite3
import sys
import time

path = sys.argv[1] + "/source.db"
PAGES, STEPS = 10, 2000


class Enough(Exception):
    pass


def connect():
    return sqlite3.connect(path, isolation_level=None)


writer = connect()  # another connection, as that of another process
writer.execute("PRAGMA journal_mode=WAL")
writer.execute("CREATE TABLE t (x)")
writer.execute("BEGIN")
writer.executemany("INSERT INTO t VALUES (?)", (("x" * 1000,) for _ in range(2000)))
writer.execute("COMMIT")


def copy(number, *, in_a_transaction):
    """How many steps a copy took beside a commit every 20th step; None where it did not end."""
    source, target, steps = connect(), sqlite3.connect(f"{sys.argv[1]}/{number}.db"), 0
    if in_a_transaction:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM t").fetchone()

    def progress(_status, _remaining, total):
        nonlocal steps
        steps += 1
        if steps == STEPS:
            raise Enough
        if steps % 20 == 0:
            writer.execute("INSERT INTO t VALUES ('more')")

    try:
        source.backup(target, pages=PAGES, progress=progress)
    except Enough:
        return None
    return steps


def pause():
    """The seconds of a copy of some 50 steps that was asked to sleep a second between them."""
    source, target = connect(), sqlite3.connect(":memory:")
    began = time.monotonic()
    source.backup(target, pages=PAGES, sleep=1.0)
    return time.monotonic() - began


without, within, seconds = copy(1, in_a_transaction=False), copy(2, in_a_transaction=True), pause()
print(f"SQLite {sqlite3.sqlite_version}: without a transaction {without} steps, within one {within}; asleep {seconds:.2f} s")
assert without is None, without
assert within is not None and within < 100, within
assert seconds < 5, seconds
PYTHON
python3 "$folder/seen.py" "$folder"

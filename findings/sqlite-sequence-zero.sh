#!/usr/bin/env bash
# SQLite 3.40.1: "INSERT INTO new SELECT ... FROM old" gives a table with AUTOINCREMENT a row in sqlite_sequence even
# where `old` is empty, and its seq is 0; so has every table that Alembic 1.x rebuilt in batch mode before it had a row.
# (A table that nothing was inserted into has no row there.) Whoever carries seq over to PostgreSQL calls setval(…, 0),
# which PostgreSQL 15 refuses: "setval: value 0 is out of bounds for sequence". An export tested with a row in every
# table does not show it. Runs on Python's own SQLite.
set -euo pipefail
python3 - <<'PYTHON'
import sqlite3

database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE untouched (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)")
database.execute("CREATE TABLE old (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)")
database.execute("CREATE TABLE new (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)")
database.execute("INSERT INTO new (id, name) SELECT id, name FROM old")
database.execute("DROP TABLE old")
database.execute("ALTER TABLE new RENAME TO old")
kept = database.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
print("SQLite", sqlite3.sqlite_version, kept)  # seen: [('old', 0)]
assert kept == [("old", 0)], "behaves otherwise now"
PYTHON

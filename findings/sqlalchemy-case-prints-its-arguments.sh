#!/usr/bin/env bash
# SQLAlchemy 2.1.9: case((condition, column)) asks a helper whether its arguments are like a dictionary, and learns it
# from a TypeError, whose text has the repr() of all of them. The repr of a column with an Identity reads the option
# oracle_on_null, for which the dialects of Oracle are imported: some 2 MB and 10 ms in a program that knows only
# SQLite or PostgreSQL. Statements that are built when modules are imported make every start pay that. With a literal in
# place of the column (`func.count(case((condition, 1)))`) nothing is imported.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sqlalchemy==2.1.9
cat > "$folder/seen.py" <<'PYTHON'
import sys

from sqlalchemy import Column, Identity, Integer, MetaData, Table, case, func, select

rows = Table("rows", MetaData(), Column("id", Integer, Identity(), primary_key=True), Column("n", Integer))
for name, value in (("a literal", 1), ("the column", rows.c.id)):
    select(func.count(case((rows.c.n > 1, value))))
    print(f"{name}: Oracle's dialect is imported: {'sqlalchemy.dialects.oracle' in sys.modules}")
PYTHON
"$folder/venv/bin/python" "$folder/seen.py"

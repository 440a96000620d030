"""Triggers that note every row that changes, and taking the changes back."""
# ruff: noqa: S608 - the names in the statements are those of our own tables

import json
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import asyncpg
from sqlalchemy import Table

from models import tables

OWNER_COLUMNS = ("user_id", "author_id")
"""The columns that hold whose a row is, the first that a table has; a row of `users` is its own."""
_NOT_WATCHED = {"outgoing_messages"}
"""Sent in the background: what a refused call may not do is begin one, which its insertion shows."""


def _noted() -> list[Table]:
    """The tables whose changes are noted: not those that follow from the others."""
    return [table for table in tables.metadata.sorted_tables if not table.name.startswith(tables.DERIVED)]


@dataclass(frozen=True)
class Change:
    """A row that was inserted, updated or deleted, and whose it was and is."""

    table: str
    operation: str
    owners: tuple[int | None, ...]


class Watch(Protocol):
    """Tells what changed since the last time, and puts it back."""

    async def taken_back(self) -> list[Change]:
        """What changed, after everything is as it was."""


def owner_column(table: str) -> str | None:
    """The column that says whose a row is, if there is one."""
    if table == "users":
        return "id"
    columns = tables.metadata.tables[table].columns
    return next((name for name in OWNER_COLUMNS if name in columns), None)


@asynccontextmanager
async def watching(url: str) -> AsyncIterator[Watch]:
    """Watch all tables of the database."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
        try:
            yield _Sqlite(connection)
        finally:
            connection.close()
        return
    session = await asyncpg.connect(url)
    try:
        watch = _Postgresql(session)
        await watch.begin()
        yield watch
    finally:
        await session.close()


def _events(table: str) -> tuple[str, ...]:
    return ("INSERT",) if table in _NOT_WATCHED else ("INSERT", "UPDATE", "DELETE")


class _Sqlite:
    """Each change is noted with the statement that undoes it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute(
            "CREATE TABLE matrix_changes (id INTEGER PRIMARY KEY, name TEXT, operation TEXT, owners TEXT, undo TEXT)"
        )
        for table in _noted():
            for event in _events(table.name):
                connection.execute(_sqlite_trigger(table.name, [column.name for column in table.columns], event))

    async def taken_back(self) -> list[Change]:
        """What changed, after everything is as it was."""
        run = self._connection.execute
        run("BEGIN IMMEDIATE")
        run("PRAGMA defer_foreign_keys = ON")
        rows = run("SELECT name, operation, owners, undo FROM matrix_changes ORDER BY id").fetchall()
        for *_, undo in reversed(rows):
            run(undo)
        run("DELETE FROM matrix_changes")
        # Nothing is left to index in the background, which would wait for this process and it for that.
        run("DELETE FROM search_pending")
        run("COMMIT")
        return [Change(name, operation, tuple(json.loads(owners))) for name, operation, owners, _ in rows]


def _sqlite_trigger(table: str, columns: Sequence[str], event: str) -> str:
    owner = owner_column(table)
    sides = {"INSERT": ("new",), "DELETE": ("old",), "UPDATE": ("old", "new")}[event]
    owners = f"json_array({', '.join(f'{side}.{owner}' if owner else 'NULL' for side in sides)})"
    quoted = [f"quote(old.{name})" for name in columns]
    values = " || ', ' || ".join(quoted)
    undo = {
        "INSERT": f"'DELETE FROM {table} WHERE id = ' || new.id",
        "DELETE": f"'INSERT INTO {table} ({', '.join(columns)}) VALUES (' || {values} || ')'",
        "UPDATE": f"'UPDATE {table} SET ' || "
        + " || ', ' || ".join(f"'{name} = ' || {value}" for name, value in zip(columns, quoted, strict=True))
        + " || ' WHERE id = ' || new.id",
    }[event]
    return (
        f"CREATE TRIGGER matrix_{table}_{event.lower()} AFTER {event} ON {table} BEGIN "
        "INSERT INTO matrix_changes (name, operation, owners, undo) "
        f"VALUES ('{table}', '{event}', {owners}, {undo}); END"
    )


_NOTE = """
CREATE TABLE matrix_changes (id bigserial PRIMARY KEY, name text, operation text, was jsonb, is_now jsonb);
CREATE FUNCTION matrix_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO matrix_changes (name, operation, was, is_now) VALUES (
    TG_TABLE_NAME, TG_OP,
    CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END,
    CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END);
  RETURN NULL;
END $$;
"""


class _Postgresql:
    """Each change is noted with the row before and after."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._columns = {table.name: ", ".join(c.name for c in table.columns) for table in _noted()}

    async def begin(self) -> None:
        """Make the table and the triggers."""
        await self._connection.execute(_NOTE)
        for table in self._columns:
            await self._connection.execute(
                f"CREATE TRIGGER matrix_note AFTER {' OR '.join(_events(table))} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION matrix_note()"
            )

    async def taken_back(self) -> list[Change]:
        """What changed, after everything is as it was."""
        rows = await self._connection.fetch("SELECT name, operation, was, is_now FROM matrix_changes ORDER BY id")
        async with self._connection.transaction():
            await self._connection.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
            for row in reversed(rows):
                await self._undo(row["name"], row["operation"], row["was"], row["is_now"])
            await self._connection.execute("DELETE FROM matrix_changes")
        changes = []
        for row in rows:
            owner = owner_column(row["name"])
            sides = [json.loads(side) for side in (row["was"], row["is_now"]) if side is not None]
            owners = tuple(side[owner] if owner else None for side in sides)
            changes.append(Change(row["name"], row["operation"], owners))
        return changes

    async def _undo(self, table: str, operation: str, was: str | None, is_now: str | None) -> None:
        run, columns = self._connection.execute, self._columns[table]
        if operation == "INSERT":
            await run(f"DELETE FROM {table} WHERE id = $1", json.loads(is_now or "")["id"])
        elif operation == "DELETE":
            await run(f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1::jsonb)", was)
        else:
            await run(
                f"UPDATE {table} SET ({columns}) = (SELECT {columns} FROM "
                f"jsonb_populate_record(NULL::{table}, $1::jsonb)) WHERE id = ($1::jsonb ->> 'id')::bigint",
                was,
            )

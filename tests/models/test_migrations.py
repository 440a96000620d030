"""Migrations: they make exactly the tables, both ways, whoever runs them."""

import asyncio
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Column, Connection, MetaData, func, insert, inspect, select, text

from models.db import Database
from models.identity import Credential, User
from models.migrate import is_described, migrate, migration_config, newest
from models.reference import Setting
from models.settings import Settings
from models.statements import table_of
from models.tables import metadata

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, tzinfo=UTC)
MIGRATE = """
import asyncio, sys
from models.db import Database
from models.identity import Credential, User
from models.migrate import migrate

async def main():
    database = Database(sys.argv[1])
    await migrate(database)
    await database.close()

asyncio.run(main())
"""


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": is_described})
    found: list[object] = compare_metadata(context, metadata)
    return found


def downgrade(connection: Connection, revision: str = "base") -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def tables(connection: Connection) -> set[str]:
    return {name for name in inspect(connection).get_table_names() if is_described(name, "table")}


async def test_an_empty_database_gets_exactly_the_tables(database: Database) -> None:
    await migrate(database)

    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(tables) == {*metadata.tables, "alembic_version"}


async def test_migrating_again_changes_nothing(database: Database) -> None:
    await migrate(database)
    async with database.transaction() as transaction:
        await transaction.execute(
            insert(table_of(Setting)), {"name": "kept", "value": "yes", "created_at": NOW, "updated_at": NOW}
        )

    await migrate(database)

    assert await database.fetch_value(text("SELECT value FROM settings")) == "yes"


async def test_the_way_down_and_up_again(database: Database) -> None:
    await migrate(database)
    async with database.engine.begin() as connection:
        await connection.run_sync(downgrade)
        assert await connection.run_sync(tables) == {"alembic_version"}

    await migrate(database)

    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_nobody_is_called_by_what_they_sign_in_with(database: Database) -> None:
    await migrate(database)
    times = {"created_at": NOW, "updated_at": NOW}
    later = {"language", "disabled_at", "password_expires_at", "last_active_at"}
    unset = User(name="", created_at=NOW, updated_at=NOW).model_dump(exclude=later)
    users = sa.table("users", *(sa.column(each.name, each.type) for each in table_of(User).c if each.name in unset))
    people = [{"id": 1, "name": "dev1"}, {"id": 2, "name": "dev1"}, {"id": 3, "name": "张三"}]
    names = [{"user_id": number, "kind": "username", "identifier": f"dev{number}"} for number in (1, 2, 3)]
    async with database.engine.begin() as connection:
        await connection.run_sync(downgrade, "0009")
        for person in people:
            await connection.execute(insert(users), {**unset, **person, **times})
        for name in names:
            await connection.execute(insert(table_of(Credential)), {**name, **times})

    await migrate(database)

    rows = await database.fetch(text("SELECT name FROM users ORDER BY id"))
    assert [row.name for row in rows] == ["用户", "dev1", "张三"]


async def test_four_processes_may_migrate_at_once(settings: Settings, database: Database) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", MIGRATE, settings.effective_database_url), cwd=ROOT, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    faults = [(await process.communicate())[1].decode() for process in processes]

    assert faults == [""] * 4
    assert [process.returncode for process in processes] == [0] * 4
    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []
    assert await database.fetch_value(text("SELECT count(*) FROM alembic_version")) == 1


SCRIPTS = ScriptDirectory.from_config(migration_config())
RELEASED = sorted(script.revision for script in SCRIPTS.walk_revisions())
SAMPLES = {str: "1", int: 1, float: 1.0, bool: True, bytes: b"1", list: ["1"], datetime: NOW, date: NOW.date()}


def sample(column: Column[Any]) -> Any:
    """A value that the column takes. The only row of the table that it refers to has the id 1."""
    return {} if isinstance(column.type, JSON) else SAMPLES[column.type.python_type]


def is_numbered(column: Column[Any]) -> bool:
    """Whether the database gives this number, so that the rows of a later migration get the next ones."""
    return column.primary_key and column.server_default is not None


def upgrade_to(connection: Connection, revision: str) -> None:
    """Run the migrations up to this one."""
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def fill(connection: Connection) -> dict[str, int]:
    """Put a row into each table that has none; how many rows each has."""
    found = MetaData()
    found.reflect(connection)
    filled = [table for table in found.sorted_tables if table.name != "alembic_version"]
    for table in filled:
        if not connection.execute(select(func.count()).select_from(table)).scalar():
            given = [column for column in table.columns if not column.nullable and not is_numbered(column)]
            connection.execute(insert(table), {column.name: sample(column) for column in given})
    return counts(connection, [table.name for table in filled])


def counts(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    there = tables(connection)
    return {
        name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608
        for name in names
        if name in there
    }


def test_the_newest_migration_is_known_without_alembic() -> None:
    assert newest() == SCRIPTS.get_current_head()


async def test_a_database_of_every_released_version_keeps_its_data(database: Database) -> None:
    """Each migration runs on a database of the version before it, with a row in each of its tables."""
    before: dict[str, int] = {}
    lost: list[str] = []
    for revision in RELEASED:
        async with database.engine.begin() as connection:
            await connection.run_sync(upgrade_to, revision)
            after = await connection.run_sync(counts, before)
            lost += [f"{revision}: {name}" for name, count in before.items() if after.get(name, 0) < count]
            before = await connection.run_sync(fill)

    await migrate(database)

    assert lost == []
    async with database.engine.begin() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(counts, before) == before

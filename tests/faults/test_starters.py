"""Servers that start at the same moment on a database of the first release: one prepares it, all serve."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from models.db import Database
from models.migrate import migration_config, newest
from tests.support.databases import create_database
from tests.support.over_http import client_of, graphql, signed_in
from tests.support.processes import Server, running_server


def to_first_release(connection: Connection) -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "0001")


@pytest.mark.parametrize(("kind", "starters"), [("sqlite", 3), ("postgresql", 2)])
async def test_one_prepares_the_database_and_all_serve(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, starters: int
) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'shared.db'}"}
    if kind == "postgresql":
        cluster = request.getfixturevalue("cluster")
        settings["DATABASE_URL"] = cluster.url(await create_database(cluster))
    database = Database(settings["DATABASE_URL"].replace("://", "+aiosqlite://" if kind == "sqlite" else "+asyncpg://"))
    async with database.engine.begin() as connection:
        await connection.run_sync(to_first_release)

    with ExitStack() as started, ThreadPoolExecutor(starters) as pool:

        def start(number: int) -> Server:
            return started.enter_context(running_server(tmp_path / "data", log_name=f"{number}.log", **settings))

        tokens = []
        for server in pool.map(start, range(starters)):
            with client_of(server) as client:
                tokens.append(signed_in(client, *server.administrator))
        with client_of(server, tokens[0]) as client:  # what one signed is valid for the others
            viewer = graphql(client, "{ viewer { account } }")

    administrators = await database.fetch_value(text("SELECT count(*) FROM user_roles WHERE role = 'administrator'"))
    revision = await database.fetch_value(text("SELECT version_num FROM alembic_version"))
    await database.close()
    assert (administrators, revision, len(set(tokens))) == (1, newest(), starters)
    assert viewer == {"viewer": {"account": "8888888888"}}

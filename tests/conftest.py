"""Fixtures of the whole suite: both databases, the application in this process, and a server process."""

import os
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from models.db import Database
from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, Product, running
from tests.support.postgresql import Cluster, binaries, running_cluster
from tests.support.processes import Server, running_server
from tests.support.redis import running_redis

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL cluster for the whole run."""
    if binaries() is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is not installed: apt-get install postgresql")
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with running_cluster() as started:
        yield started


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server that lives as long as the run."""
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("Redis is not installed: apt-get install redis-server")
        pytest.skip("Redis is not installed: apt-get install redis-server")
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(params=DATABASES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: every test that asks for it runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    name = f"test_{uuid.uuid4().hex}"
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return cluster.url(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of the application under test; nothing comes from the environment."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=tmp_path / "data",
        database_url=database_url,
        password_cost=4,
        demo_data=False,
        sqlite_synchronous="OFF",
        log_level="ERROR",
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The database under test, as it is: empty, unless the test asks for the product too."""
    database = Database(settings.effective_database_url, sqlite_synchronous=settings.sqlite_synchronous)
    yield database
    await database.close()


@pytest.fixture
def clock() -> Clock:
    """The clock of the application under test: Monday, 2 March 2026, 10:00 in Shanghai."""
    return Clock()


@pytest.fixture
async def product(settings: Settings, clock: Clock) -> AsyncIterator[Product]:
    """The application with an empty database but for the administrator, in this process."""
    async with running(create_app(settings, clock), clock, settings.database_url) as started:
        yield started


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server process on SQLite, shared by the whole run: tests must not depend on what others leave there."""
    with running_server(tmp_path_factory.mktemp("server") / "data") as started:
        yield started

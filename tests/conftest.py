"""Fixtures of the whole suite: both databases, the application in this process, and a server process."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from models.db import Database
from models.settings import Settings
from resolvers.scope import Services
from resolvers.startup import prepare
from server import create_app
from tests.support.clients import Clock, Product, running
from tests.support.databases import Lender, administer, drop_database, make_database
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


@pytest.fixture(scope="session")
def prepared_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file as the product finds it after its first start, for tests to copy."""
    path = tmp_path_factory.mktemp("prepared") / "prepared.db"
    asyncio.run(_prepare(f"sqlite:///{path}", path.parent))
    return path


@pytest.fixture(scope="session")
def prepared_postgresql(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as a database of the cluster, for tests to use as template."""
    asyncio.run(administer(cluster, "CREATE DATABASE prepared"))
    asyncio.run(_prepare(cluster.url("prepared"), tmp_path_factory.mktemp("prepared")))
    return "prepared"


async def _prepare(url: str, folder: Path) -> None:
    settings = _settings(url, folder)
    services = Services.from_settings(settings, Clock())
    await prepare(services, settings)
    await services.close()


@pytest.fixture(scope="session")
def prepared_postgresql_databases(cluster: Cluster, request: pytest.FixtureRequest) -> Lender:
    """Lends databases like that template."""
    return Lender(cluster, lambda: request.getfixturevalue("prepared_postgresql"))


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind: every test that asks for it runs on SQLite and on PostgreSQL.

    It is empty; with `product` it is as after a first start, which saves that work for each test.
    """
    is_prepared = "product" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        if is_prepared:
            shutil.copyfile(request.getfixturevalue("prepared_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    if is_prepared:
        lender: Lender = request.getfixturevalue("prepared_postgresql_databases")
        yield lender.lend()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = make_database(cluster)
    yield cluster.url(name)
    drop_database(cluster, name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of the application under test; nothing comes from the environment."""
    return _settings(database_url, tmp_path / "data")


_SETTINGS = Settings(
    _env_file=None,  # type: ignore[call-arg]
    audit_key="of the prepared database and of its copies",  # type: ignore[arg-type]
    password_cost=4,
    demo_data=False,
    matching=False,
    sqlite_synchronous="OFF",
    log_level="ERROR",
)


def _settings(database_url: str, data_dir: Path) -> Settings:
    return _SETTINGS.model_copy(update={"data_dir": data_dir, "database_url": database_url})


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

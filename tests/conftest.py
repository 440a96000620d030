"""Fixtures of the whole suite: both databases, the application in this process, and a server process."""

import asyncio
import gc
import importlib.util
import os
import shutil
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from models.db import Database
from models.db import server as postgresql_server
from models.migrate import migrate
from models.settings import Settings
from resolvers import sweeps
from resolvers.scope import Services
from resolvers.startup import prepare
from server import create_app
from tests.support.clients import Clock, Product, running
from tests.support.connections import KeptConnections
from tests.support.databases import Lender, create_database, drop_database
from tests.support.postgresql import Cluster, binaries, running_cluster
from tests.support.processes import Server, running_server
from tests.support.redis import running_redis

DATABASES = ("sqlite", "postgresql")
STATES = {
    "demonstration_data": "demonstrated",
    "product": "prepared",
    "services": "migrated",
    "storage": "migrated",
    "migrated": "migrated",
}
"""How a test finds its database that asks for a fixture: with the demonstration data, as after a first start, or with
tables and no rows. The first of them counts."""
DEMONSTRATED = {"demo_data": True, "secret_key": SecretStr("of the demonstration data and of its copies")}


LONG = (
    "tests/deploy/",
    "tests/benchmarks/",
    "tests/matrix/",
    "tests/test_benchmarks.py",
    "tests/test_large_data.py",
    "tests/watching/",
    "tests/faults/",
    "tests/test_slow_clients.py",
    "tests/test_starting.py",
)
"""Tests that take long come first, so that none of them is left over for one process while the others are done."""


sweeps.ACTIVITY_SECONDS = 3600.0
"""A test that compares rows is not to find that somebody was there written down behind its back."""


if importlib.util.find_spec("sniffio") is None:
    # httpx2 looks for it with each request of a test, through all that is installed, unless it is known to be missing.
    sys.modules["sniffio"] = None  # type: ignore[assignment]


def pytest_collection_finish() -> None:
    """What was imported stays: collections of garbage need not walk it."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


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
    return _prepared_file(tmp_path_factory.mktemp("prepared"), {})


@pytest.fixture(scope="session")
def demonstrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the demonstration data."""
    return _prepared_file(tmp_path_factory.mktemp("demonstrated"), DEMONSTRATED)


@pytest.fixture(scope="session", autouse=True)
async def _connections_are_kept() -> AsyncIterator[None]:
    """What the product opens to a database that is lent stays open for the next test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgresql_server, "Connections", KeptConnections)
        patch.setattr(KeptConnections, "loop", asyncio.get_running_loop())
        yield


@pytest.fixture(scope="session")
def prepared_postgresql(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lender]:
    """Lends databases of the cluster as the product finds them after its first start."""
    folder = tmp_path_factory.mktemp("prepared")
    lender = Lender(cluster, lambda: _prepared_database(cluster, folder, {}))
    yield lender
    lender.close()


@pytest.fixture(scope="session")
def demonstrated_postgresql(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lender]:
    """The same with the demonstration data."""
    folder = tmp_path_factory.mktemp("demonstrated")
    make = partial(_prepared_database, cluster, folder, DEMONSTRATED)
    lender = Lender(cluster, make, max_rows=1_000_000)
    yield lender
    lender.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables, and no rows."""
    return _prepared_file(tmp_path_factory.mktemp("migrated"), None)


@pytest.fixture(scope="session")
def migrated_postgresql(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lender]:
    """Lends databases of the cluster with the tables, and no rows."""
    folder = tmp_path_factory.mktemp("migrated")
    lender = Lender(cluster, lambda: _prepared_database(cluster, folder, None))
    yield lender
    lender.close()


def _prepared_file(folder: Path, changes: Mapping[str, Any] | None) -> Path:
    asyncio.run(_prepare(_settings(f"sqlite:///{folder / 'prepared.db'}", folder), changes))
    return folder / "prepared.db"


def _prepared_database(cluster: Cluster, folder: Path, changes: Mapping[str, Any] | None) -> str:
    name = asyncio.run(create_database(cluster))
    asyncio.run(_prepare(_settings(cluster.url(name), folder), changes))
    return name


async def _prepare(settings: Settings, changes: Mapping[str, Any] | None) -> None:
    settings = settings.model_copy(update=changes)
    services = Services.from_settings(settings, Clock())
    if changes is None:
        await migrate(services.database)
    else:
        await prepare(services, settings)
        async with services.database.transaction() as transaction:  # each copy takes the key of its test
            await transaction.execute(text("DELETE FROM settings WHERE name = 'sealing_key'"))
    await services.close()


@pytest.fixture
def demonstration_data() -> Mapping[str, Any]:
    """For tests whose `database_url` is to hold the demonstration data: the settings that it needs."""
    return DEMONSTRATED


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind: every test that asks for it runs on SQLite and on PostgreSQL.

    It is empty; with a fixture of `STATES` it is in the state that this one would bring it to, which saves that work
    for each test.
    """
    state = next((state for fixture, state in STATES.items() if fixture in request.fixturenames), None)
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        if state is not None:
            shutil.copyfile(request.getfixturevalue(f"{state}_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    if state is not None:
        lender: Lender = request.getfixturevalue(f"{state}_postgresql")
        yield lender.lend()
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    name = asyncio.run(create_database(cluster))
    yield cluster.url(name)
    asyncio.run(drop_database(cluster, name))


@pytest.fixture
def migrated() -> None:
    """For tests whose `database_url` is to have its tables."""


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


@pytest.fixture
async def demonstrated(
    demonstration_data: Mapping[str, Any], settings: Settings, clock: Clock
) -> AsyncIterator[Product]:
    """The application with the demonstration data."""
    with_data = settings.model_copy(update=demonstration_data)
    async with running(create_app(with_data, clock), clock, with_data.database_url) as started:
        yield started


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server process on SQLite, shared by the whole run: tests must not depend on what others leave there."""
    with running_server(tmp_path_factory.mktemp("server") / "data") as started:
        yield started

"""The demonstration data as both executors find it: two files alike, one for each to write to."""

import asyncio
import dataclasses
import gc
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from models.db import Database
from models.settings import Settings
from resolvers.scope import Services
from resolvers.startup import prepare
from tests.schema.engine.executor.comparison import Comparison
from tests.support.clients import MORNING, Clock
from tests.support.databases import create_database
from tests.support.postgresql import Cluster


def _settings(folder: Path, database_url: str = "") -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        database_url=database_url,
        password_cost=4,
        secret_key="of no use to anybody, and long enough",  # type: ignore[arg-type]
        sqlite_synchronous="OFF",
        log_level="ERROR",
    )


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an SQLite file that holds the demonstration data."""
    folder = tmp_path_factory.mktemp("demonstration")
    asyncio.run(_load(_settings(folder)))
    return folder


@pytest.fixture(scope="session")
def demonstration_on_postgresql(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database that holds the demonstration data; tests leave it as it is."""
    url = cluster.url(asyncio.run(create_database(cluster)))
    asyncio.run(_load(_settings(tmp_path_factory.mktemp("demonstration"), url)))
    return url


async def _load(settings: Settings) -> None:
    services = Services.from_settings(settings, Clock())
    await prepare(services, settings)
    await services.close()


@asynccontextmanager
async def compared(demonstration: Path, folder: Path) -> AsyncIterator[Comparison]:
    """Compares the executors, each on its own copy of the demonstration data."""
    urls = []
    for name in ("plain.db", "compiled.db"):
        shutil.copyfile(demonstration / "careergraph.db", folder / name)
        urls.append(f"sqlite+aiosqlite:///{folder / name}")
    async with _compared(_settings(demonstration), urls) as started:
        yield started


@asynccontextmanager
async def _compared(settings: Settings, urls: Sequence[str]) -> AsyncIterator[Comparison]:
    services = Services.from_settings(settings, Clock())
    own = [dataclasses.replace(services, database=Database(url, sqlite_synchronous="OFF")) for url in urls]
    yield await Comparison.of(*own, now=MORNING)
    for each in own:
        await each.database.close()
    await services.close()
    gc.collect()  # what graphql-core left, while the test still ignores it


@pytest.fixture
async def comparison(demonstration: Path, tmp_path: Path) -> AsyncIterator[Comparison]:
    """The comparison, for tests with an event loop."""
    async with compared(demonstration, tmp_path) as started:
        yield started


@pytest.fixture
async def comparison_on_postgresql(demonstration_on_postgresql: str, tmp_path: Path) -> AsyncIterator[Comparison]:
    """The same on PostgreSQL, for operations that write nothing: both executors read one database."""
    settings = _settings(tmp_path, demonstration_on_postgresql)
    async with _compared(settings, [settings.effective_database_url] * 2) as started:
        yield started

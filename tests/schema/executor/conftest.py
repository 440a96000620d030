"""The demonstration data as both executors find it: two files alike, one for each to write to."""

import asyncio
import dataclasses
import gc
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from models.db import Database
from models.settings import Settings
from resolvers.scope import Services
from resolvers.startup import prepare
from tests.schema.executor.comparison import Comparison
from tests.support.clients import MORNING, Clock


def _settings(folder: Path) -> Settings:
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        password_cost=4,
        secret_key="of no use to anybody, and long enough",  # type: ignore[arg-type]
        sqlite_synchronous="OFF",
        log_level="ERROR",
    )


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an SQLite file that holds the demonstration data."""
    folder = tmp_path_factory.mktemp("demonstration")

    async def load() -> None:
        services = Services.from_settings(_settings(folder), Clock())
        await prepare(services, _settings(folder))
        await services.close()

    asyncio.run(load())
    return folder


@asynccontextmanager
async def compared(demonstration: Path, folder: Path) -> AsyncIterator[Comparison]:
    """Compares the executors, each on its own copy of the demonstration data."""
    services = Services.from_settings(_settings(demonstration), Clock())
    own = []
    for name in ("plain.db", "compiled.db"):
        shutil.copyfile(demonstration / "careergraph.db", folder / name)
        database = Database(f"sqlite+aiosqlite:///{folder / name}", sqlite_synchronous="OFF")
        own.append(dataclasses.replace(services, database=database))
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

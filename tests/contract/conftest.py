"""The world of a case."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from models.db import Database
from models.settings import Settings
from tests.contract.cases import InterruptedClock, World
from tests.support.clients import Product


@pytest.fixture
def clock() -> InterruptedClock:
    """The clock of the application under test, with which a case may come between two of its moments."""
    return InterruptedClock()


@pytest.fixture
async def world(
    product: Product, database: Database, settings: Settings, clock: InterruptedClock
) -> AsyncIterator[World]:
    """The product with an empty database but for the administrator."""
    async with AsyncExitStack() as stack:
        yield World(product, database, settings, clock, stack)

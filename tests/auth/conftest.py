"""Identity below the graph: the services on a migrated database."""

from collections.abc import AsyncIterator

import pytest

from models.migrate import migrate
from models.settings import Settings
from resolvers.scope import Services
from tests.support.clients import Clock


@pytest.fixture
async def services(settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    """The services of an application that nobody uses yet."""
    services = Services.from_settings(settings, clock)
    await migrate(services.database)
    yield services
    await services.close()

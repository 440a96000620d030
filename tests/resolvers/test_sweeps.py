"""A running server sweeps by itself."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from models.db import Database
from models.identity import Captcha
from models.settings import Settings
from models.statements import table_of
from resolvers import sweeps
from server import create_app
from tests.support.clients import Clock, Product, running

CAPTCHAS = select(func.count()).select_from(table_of(Captcha))


@pytest.fixture
async def eager(settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Product]:
    """A server that sweeps all the time."""
    monkeypatch.setattr(sweeps, "INTERVAL_SECONDS", 0.01)
    async with running(create_app(settings, clock), clock, settings.database_url) as started:
        yield started


async def test_captchas_disappear_without_a_request(eager: Product, database: Database) -> None:
    await eager.http.get("/captcha")
    assert await database.fetch_value(CAPTCHAS) == 1

    eager.clock.advance(minutes=6)

    async with asyncio.timeout(30):
        while await database.fetch_value(CAPTCHAS):  # noqa: ASYNC110 -- it happens in the database
            await asyncio.sleep(0)

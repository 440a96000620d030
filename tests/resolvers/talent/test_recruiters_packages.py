"""What packages give: taking and giving back, the last place, and which package is asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from auth.principal import Principal
from models.errors import QuotaExhausted
from models.settings import Settings
from models.statements import table_of
from models.talent.recruiters import Package
from resolvers.scope import Scope, Services
from resolvers.talent import packages
from tests.support.clients import Clock, Product

_packages = table_of(Package)


class Desk:
    """A user with packages, and operations of theirs, each in a transaction of its own."""

    def __init__(self, services: Services, user_id: int) -> None:
        self.services = services
        self.user_id = user_id

    def scope(self) -> Scope:
        return Scope(self.services, Principal(self.user_id), now=self.services.clock())

    async def add(self, *, feeds: int = 0, contacts: int = 0, days: float = 1, is_trial: bool = False) -> int:
        """A package; its id."""
        now = self.services.clock()
        values = {
            "user_id": self.user_id,
            "name": "包",
            "is_trial": is_trial,
            "feeds": feeds,
            "feeds_used": 0,
            "contacts": contacts,
            "contacts_used": 0,
            "expires_at": now + timedelta(days=days),
            "created_at": now,
            "updated_at": now,
        }
        async with self.services.database.transaction() as transaction:
            return int(await transaction.fetch_value(insert(_packages).returning(_packages.c.id), values))

    async def run(self, action: Any, *arguments: Any) -> Any:
        """What an action of the business returns, or QuotaExhausted."""
        scope = self.scope()
        try:
            async with scope.begin():
                return await action(scope, *arguments)
        except QuotaExhausted:
            return QuotaExhausted

    async def used(self) -> dict[int, tuple[int, int]]:
        """The feeds and the contacts used, by package."""
        rows = await self.services.database.fetch(select(_packages).where(_packages.c.user_id == self.user_id))
        return {row.id: (row.feeds_used, row.contacts_used) for row in rows}

    async def rest(self) -> tuple[int, int, bool]:
        """What is left, and whether the user is a VIP."""
        (quota,) = await packages.quotas_of_users(self.scope(), [self.user_id])
        return quota.feeds, quota.contacts, quota.is_vip


@pytest.fixture
async def desk(product: Product, settings: Settings, clock: Clock) -> AsyncIterator[Desk]:
    services = Services.from_settings(settings, clock)
    yield Desk(services, (await product.student()).id)
    await services.close()


async def test_a_feed_goes_to_the_package_that_ends_last(desk: Desk) -> None:
    soon, late, middle = [await desk.add(feeds=1, days=days) for days in (1, 9, 5)]

    taken = [await desk.run(packages.take_feed) for _ in range(4)]

    assert taken == [late, middle, soon, QuotaExhausted]
    assert await desk.used() == {soon: (1, 0), late: (1, 0), middle: (1, 0)}
    assert await desk.rest() == (0, 0, True)


async def test_a_contact_comes_from_the_package_that_ends_first(desk: Desk) -> None:
    late, soon = [await desk.add(contacts=1, days=days) for days in (9, 1)]

    taken = [await desk.run(packages.take_contact) for _ in range(3)]

    assert taken == [soon, late, QuotaExhausted]
    assert await desk.used() == {soon: (0, 1), late: (0, 1)}


async def test_what_has_ended_gives_nothing(desk: Desk, clock: Clock) -> None:
    ended = await desk.add(feeds=5, contacts=5, days=1)
    await desk.add(feeds=1, contacts=2, days=2, is_trial=True)
    assert await desk.rest() == (6, 7, True)

    clock.advance(days=1)

    assert await desk.rest() == (1, 2, False)
    assert await desk.run(packages.take_feed) != ended
    assert await desk.run(packages.take_feed) is QuotaExhausted
    assert (await desk.used())[ended] == (0, 0)


async def test_somebody_else_s_package_gives_nothing(desk: Desk, product: Product) -> None:
    await desk.add(feeds=1, contacts=1)
    stranger = Desk(desk.services, (await product.student()).id)

    assert await stranger.run(packages.take_feed) is QuotaExhausted
    assert await stranger.run(packages.take_contact) is QuotaExhausted
    assert await stranger.rest() == (0, 0, False)
    assert await desk.rest() == (1, 1, True)


async def test_a_feed_given_back_may_be_taken_again(desk: Desk) -> None:
    package = await desk.add(feeds=1)
    assert await desk.run(packages.take_feed) == package

    await desk.run(packages.give_back_feed, package)

    assert await desk.run(packages.rest_feeds) == 1
    assert await desk.run(packages.take_feed) == package
    for _ in range(3):
        await desk.run(packages.give_back_feed, package)
    await desk.run(packages.give_back_feed, None)
    assert await desk.used() == {package: (0, 0)}


@pytest.mark.parametrize(
    ("action", "index"), [(packages.take_feed, 0), (packages.take_contact, 1)], ids=["feed", "contact"]
)
async def test_of_many_takers_as_many_succeed_as_there_are_places(desk: Desk, action: Any, index: int) -> None:
    first, second = [await desk.add(feeds=size, contacts=size, days=days) for size, days in ((2, 1), (3, 2))]

    taken = Counter(await asyncio.gather(*(desk.run(action) for _ in range(20))))

    assert taken == {first: 2, second: 3, QuotaExhausted: 15}
    used = await desk.used()
    assert (used[first][index], used[second][index]) == (2, 3)


async def test_what_is_rolled_back_was_not_taken(desk: Desk) -> None:
    package = await desk.add(feeds=1)

    async def fail(scope: Scope) -> None:
        await packages.take_feed(scope)
        raise QuotaExhausted

    assert await desk.run(fail) is QuotaExhausted
    assert await desk.used() == {package: (0, 0)}

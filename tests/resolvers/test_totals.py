"""Totals of large lists: exact whatever was added, deleted or counted before."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from models.attendance import ClockIn
from models.community import Post
from models.db import Database
from models.identity import User
from models.settings import Settings
from models.statements import table_of
from models.totals import RowTotal
from resolvers import paging, totals
from resolvers.scope import Services
from tests.support.clients import Clock, Person, Product

CLOCK_INS, POSTS, USERS, TOTALS = table_of(ClockIn), table_of(Post), table_of(User), table_of(RowTotal)
MANY = totals.MIN_STEP


@pytest.fixture
async def person(product: Product) -> Person:
    return await product.student()


async def add(database: Database, clock: Clock, person: Person, count: int) -> None:
    """Clock-ins, each of a day of its own."""
    begin = await database.fetch_value(select(CLOCK_INS.c.id).order_by(CLOCK_INS.c.id.desc()).limit(1)) or 0
    times = {"created_at": clock.now, "updated_at": clock.now}
    rows = [
        {
            "user_id": person.id,
            "business_date": clock.now.date() - timedelta(days=begin + number),
            "slot": "morning",
            "clocked_in_at": clock.now,
            "location": "图书馆",
            **times,
        }
        for number in range(count)
    ]
    async with database.transaction() as transaction:
        await transaction.execute_many(insert(CLOCK_INS), rows)


async def bring_up_to_date(settings: Settings, clock: Clock) -> None:
    services = Services.from_settings(settings, clock)
    await totals.bring_up_to_date(services)
    await services.close()


async def total(product: Product, person: Person, more: str = "") -> Any:
    return (await product.data(f"{{ clockIns(first: 1{more}) {{ totalCount }} }}", person=person))["clockIns"][
        "totalCount"
    ]


async def held(database: Database) -> list[tuple[str, int]]:
    return [(row.name, row.rows) for row in await database.fetch(select(TOTALS))]


async def test_a_total_is_what_was_counted_and_what_came_since(
    product: Product, settings: Settings, database: Database, clock: Clock, person: Person
) -> None:
    await add(database, clock, person, MANY)
    assert await total(product, person) == MANY
    clock.advance(minutes=11)

    await bring_up_to_date(settings, clock)

    assert await held(database) == [("clock_ins", MANY)]
    assert await total(product, person) == MANY
    await add(database, clock, person, 3)
    assert await total(product, person) == MANY + 3
    assert await held(database) == [("clock_ins", MANY)]


async def test_what_is_deleted_is_taken_off_once(
    product: Product, settings: Settings, database: Database, clock: Clock, person: Person
) -> None:
    await add(database, clock, person, MANY)
    clock.advance(minutes=11)
    await bring_up_to_date(settings, clock)
    await add(database, clock, person, 4)
    async with database.transaction() as transaction:
        await transaction.execute(delete(CLOCK_INS).where(CLOCK_INS.c.id <= 10))
        await transaction.execute(delete(CLOCK_INS).where(CLOCK_INS.c.id > MANY + 2))

    assert await total(product, person) == MANY - 10 + 2
    assert await held(database) == [("clock_ins", MANY - 10)]

    async with database.transaction() as transaction:  # their clock-ins go with them
        await transaction.execute(delete(USERS).where(USERS.c.id == person.id))
    assert await total(product, await product.student()) == 0
    assert await held(database) == [("clock_ins", 0)]


async def test_young_rows_and_few_rows_are_left_for_later(
    settings: Settings, database: Database, clock: Clock, person: Person
) -> None:
    await add(database, clock, person, MANY)
    clock.advance(minutes=9)
    await bring_up_to_date(settings, clock)
    assert await held(database) == []


async def test_filtered_lists_are_counted(
    product: Product, settings: Settings, database: Database, clock: Clock, person: Person
) -> None:
    await add(database, clock, person, MANY)
    clock.advance(minutes=11)
    await bring_up_to_date(settings, clock)

    assert await total(product, person, ", filter: {slot: MORNING}") == MANY
    assert await total(product, person, ", filter: {slot: EVENING}") == 0


async def test_a_page_far_behind_is_refused_only_where_there_is_something(
    product: Product, database: Database, clock: Clock, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(database, clock, person, 30)
    monkeypatch.setattr(paging, "MAX_SKIPPED", 10)
    query = "query($page: Int!) { clockIns(first: 5, page: $page) { nodes { id } totalCount } }"

    reached = await product.data(query, {"page": 3}, person=person)
    assert len(reached["clockIns"]["nodes"]) == 5
    refused = await product.graphql(query, {"page": 4}, person=person)
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["INVALID_INPUT"]
    beyond = await product.data(query, {"page": 7}, person=person)
    assert beyond["clockIns"] == {"nodes": [], "totalCount": 30}

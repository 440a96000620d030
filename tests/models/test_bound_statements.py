"""What is given to statements and read of them: texts, instants, booleans, nulls and lists."""

from datetime import UTC, timedelta, timezone
from enum import StrEnum

import pytest
from sqlalchemy import bindparam, insert, select, update

from models.db import Database
from models.db.inserts import ROWS
from models.errors import InvalidInput
from models.identity import User
from models.reference import Setting
from models.statements import insert_new, table_of, upsert
from tests.support.settings_table import ADD, ADD_RETURNING, BY_NAME, NOW, SETTINGS, TIMES, names, setting

USERS = table_of(User)
BY_NAMES = select(SETTINGS.c.id).where(SETTINGS.c.name.in_(bindparam("wanted", expanding=True)))
UNSTORABLE = [pytest.param("a\0b", id="NUL"), pytest.param("a\ud800b", id="surrogate")]


class Word(StrEnum):
    """Texts that are more than texts."""

    SECOND = "second"
    THIRD = "third"


async def test_times_come_back_as_utc(storage: Database) -> None:
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, setting("first"))

    row = await storage.fetch_one(select(SETTINGS.c.created_at))

    assert row is not None
    assert row.created_at == NOW
    assert row.created_at.utcoffset() == UTC.utcoffset(None)


async def test_an_instant_is_the_same_whatever_its_zone(storage: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, {**setting("zoned"), "created_at": elsewhere})
    same = select(SETTINGS.c.created_at, SETTINGS.c.updated_at).where(SETTINGS.c.created_at == bindparam("then"))

    for then in (NOW, elsewhere):
        row = await storage.fetch_one(same, {"then": then})
        assert row is not None
        assert [str(time) for time in row] == ["2026-03-02 00:00:00+00:00"] * 2
    assert await storage.fetch(same, {"then": NOW + timedelta(microseconds=1)}) == []


async def test_an_instant_without_a_zone_is_refused(storage: Database) -> None:
    with pytest.raises(ValueError, match="timezone"):
        async with storage.transaction() as transaction:
            await transaction.execute(ADD, {**setting("when?"), "created_at": NOW.replace(tzinfo=None)})

    assert await names(storage) == []


async def test_what_is_null_comes_back_as_null(storage: Database) -> None:
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, setting("nobody's"))
    of_nobody = select(USERS.c.created_at, USERS.c.must_change_password, USERS.c.name).select_from(
        SETTINGS.outerjoin(USERS, USERS.c.id == -1)
    )

    assert [tuple(row) for row in await storage.fetch(of_nobody)] == [(None, None, None)]


async def test_booleans_come_back_as_booleans(storage: Database) -> None:
    async with storage.transaction() as transaction:
        for name, is_new in (("first", True), ("second", False)):
            await transaction.execute(insert(USERS), {"name": name, "must_change_password": is_new, **TIMES})

    rows = await storage.fetch(select(USERS.c.must_change_password, USERS.c.has_initial_password).order_by(USERS.c.id))

    assert [repr(tuple(row)) for row in rows] == ["(True, False)", "(False, False)"]


async def test_a_parameter_with_a_value_of_its_own_may_be_given_or_not(storage: Database) -> None:
    values = iter(["first", "second", "third"])
    made = select(SETTINGS.c.name).where(SETTINGS.c.name == bindparam("wanted", callable_=lambda: next(values)))
    constant = select(SETTINGS.c.name).where(SETTINGS.c.name == bindparam("wanted", Word.SECOND))
    async with storage.transaction() as transaction:
        await transaction.execute_many(ADD, [setting(name) for name in ("first", "second", "third")])

    assert [await storage.fetch_value(made) for _ in range(3)] == ["first", "second", "third"]
    assert await storage.fetch_value(constant) == "second"
    assert await storage.fetch_value(constant, {"wanted": Word.THIRD}) == "third"


@pytest.mark.parametrize("unstorable", UNSTORABLE)
async def test_a_text_that_cannot_be_stored_is_refused(storage: Database, unstorable: str) -> None:
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, setting("kept"))
    rename = update(SETTINGS).values(value=bindparam("new"))

    with pytest.raises(InvalidInput):
        await storage.fetch(BY_NAME, {"wanted": unstorable})
    with pytest.raises(InvalidInput):
        await storage.fetch(BY_NAMES, {"wanted": ["fine", unstorable]})
    for write in ("execute", "fetch"):
        with pytest.raises(InvalidInput):
            async with storage.transaction() as transaction:
                await getattr(transaction, write)(rename, {"new": unstorable})
    for write in ("execute_many", "fetch_many"):
        with pytest.raises(InvalidInput):
            async with storage.transaction() as transaction:
                await getattr(transaction, write)(ADD_RETURNING, [setting("fine"), setting(unstorable)])

    rows = await storage.fetch(select(SETTINGS.c.name, SETTINGS.c.value))
    assert [tuple(row) for row in rows] == [("kept", "1")]


@pytest.mark.parametrize("unusual", ["', DROP TABLE users; --", "%_\\", "👩‍🎓\u200d", "\x01\x7f", "Ⅷ　全角", "a" * 255])
async def test_any_other_text_comes_back_as_it_was(storage: Database, unusual: str) -> None:
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, {**setting("text"), "value": unusual})

    assert await storage.fetch_value(select(SETTINGS.c.value)) == unusual


async def test_rows_can_be_read_by_name_by_place_and_as_a_mapping(storage: Database) -> None:
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, setting("first"))

    row = await storage.fetch_one(select(SETTINGS.c.name, SETTINGS.c.value))

    assert row is not None
    assert (row.name, tuple(row)[1], dict(row._mapping)) == ("first", "1", {"name": "first", "value": "1"})


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 8, 9, 1000])
async def test_lists_of_any_length_are_bound(storage: Database, count: int) -> None:
    async with storage.transaction() as transaction:
        await transaction.execute_many(ADD, [setting(str(number)) for number in range(10)])

    found = await storage.fetch(BY_NAMES, {"wanted": [str(number) for number in range(count)]})

    assert len(found) == min(count, 10)


async def test_many_rows_are_inserted_in_their_order_and_conflicts_as_the_statement_says(storage: Database) -> None:
    given = [setting(str(number)) for number in range(2 * ROWS + 3)]
    twice = [*given[: ROWS // 2], *(setting(f"{number} is new") for number in range(ROWS)), given[0]]
    changed = [{**row, "value": "changed"} for row in given]
    async with storage.transaction() as transaction:
        await transaction.insert_many(insert_new(Setting, unique=["name"]), given)
        await transaction.insert_many(insert_new(Setting, unique=["name"]), twice)
        assert await transaction.fetch(select(SETTINGS.c.value).distinct()) == [(given[0]["value"],)]
        await transaction.insert_many(upsert(Setting, unique=["name"]), changed)
        with pytest.raises(ValueError, match="Only values may have parameters"):
            await transaction.insert_many(update(SETTINGS), given)

    rows = await storage.fetch(select(SETTINGS.c.name, SETTINGS.c.value).order_by(SETTINGS.c.id))
    assert [row.name for row in rows] == [row["name"] for row in (*given, *twice[ROWS // 2 : -1])]
    assert [row.value for row in rows] == ["changed"] * len(given) + [given[0]["value"]] * ROWS


async def test_a_missing_parameter_is_told_by_its_name(storage: Database) -> None:
    with pytest.raises(KeyError, match="wanted"):
        await storage.fetch(BY_NAME)

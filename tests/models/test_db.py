"""The database: pragmas, transactions, ids, and texts that cannot be stored."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from models.db import BUSY_TIMEOUT_MS, Database, observing
from models.errors import InvalidInput
from models.identity import User, UserRole
from models.migrate import migrate
from models.reference import Setting
from models.settings import Settings
from models.statements import table_of

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TIMES = {"created_at": NOW, "updated_at": NOW}
SETTINGS, USERS, ROLES = table_of(Setting), table_of(User), table_of(UserRole)
ADD = insert(SETTINGS)
ADD_RETURNING = insert(SETTINGS).returning(SETTINGS.c.id)
NAMES = select(SETTINGS.c.name).order_by(SETTINGS.c.id)
BY_NAME = select(SETTINGS.c.id).where(SETTINGS.c.name == bindparam("wanted"))
BY_NAMES = select(SETTINGS.c.id).where(SETTINGS.c.name.in_(bindparam("wanted", expanding=True)))
LONG = text(
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
    " SELECT count(*) FROM numbers"
)
MANY_STEPS = 2_000_000
UNSTORABLE = [pytest.param("a\0b", id="NUL"), pytest.param("a\ud800b", id="surrogate")]


class Word(StrEnum):
    """Texts that are more than texts."""

    SECOND = "second"
    THIRD = "third"


def setting(name: str) -> dict[str, Any]:
    return {"name": name, "value": "1", **TIMES}


async def names(storage: Database) -> list[str]:
    return [row.name for row in await storage.fetch(NAMES)]


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    """SQLite as it is configured unless somebody says otherwise."""
    configured = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    database = Database(configured.effective_database_url, sqlite_synchronous=configured.sqlite_synchronous)
    yield database
    await database.close()


async def test_sqlite_is_safe_by_default(sqlite: Database) -> None:
    pragmas = ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
    async with sqlite.transaction() as transaction:
        found = {pragma: await transaction.fetch_value(text(f"PRAGMA {pragma}")) for pragma in pragmas}

    full = 2
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": BUSY_TIMEOUT_MS, "synchronous": full}


async def test_what_one_transaction_writes_appears_together(storage: Database) -> None:
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, setting("first"))
        await transaction.execute(ADD, setting("second"))
        assert await names(storage) == []
        assert [row.name for row in await transaction.fetch(NAMES)] == ["first", "second"]

    assert await names(storage) == ["first", "second"]


async def test_a_transaction_that_raises_leaves_nothing(storage: Database) -> None:
    async def write() -> None:
        async with storage.transaction() as transaction:
            await transaction.execute(ADD, setting("first"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await write()

    assert await names(storage) == []
    async with storage.transaction() as transaction:
        await transaction.execute(ADD, setting("second"))
    assert await names(storage) == ["second"]


async def test_a_cancelled_transaction_leaves_nothing_and_frees_the_writer(storage: Database) -> None:
    written = asyncio.Event()

    async def write() -> None:
        async with storage.transaction() as transaction:
            await transaction.execute(ADD, setting("first"))
            written.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with storage.transaction() as transaction:
        await transaction.execute(ADD, setting("second"))
    assert await names(storage) == ["second"]


async def test_a_failed_statement_takes_the_others_with_it(storage: Database) -> None:
    async def write() -> None:
        async with storage.transaction() as transaction:
            await transaction.execute(ADD, setting("once"))
            await transaction.execute(ADD, setting("once"))

    with pytest.raises(IntegrityError):
        await write()

    assert await names(storage) == []


async def test_sqlite_writers_take_turns(sqlite: Database, tmp_path: Path) -> None:
    """Each reads what the one before it wrote, in this process and beside it."""
    beside = Database(f"sqlite+aiosqlite:///{tmp_path / 'careergraph.db'}")
    async with sqlite.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE counter (value INTEGER)"))
        await transaction.execute(text("INSERT INTO counter VALUES (0)"))

    async def increment(database: Database) -> None:
        async with database.transaction() as transaction:
            value = await transaction.fetch_value(text("SELECT value FROM counter"))
            await transaction.execute(text("UPDATE counter SET value = :value"), {"value": value + 1})

    await asyncio.gather(*(increment(database) for database in (sqlite, beside) for _ in range(10)))

    assert await sqlite.fetch_value(text("SELECT value FROM counter")) == 20
    await beside.close()


async def test_an_id_is_never_used_again(storage: Database) -> None:
    async with storage.transaction() as transaction:
        used = [await transaction.fetch_value(ADD_RETURNING, setting(str(number))) for number in range(3)]
        await transaction.execute(delete(SETTINGS))

    async with storage.transaction() as transaction:
        new = await transaction.fetch_value(ADD_RETURNING, setting("new"))

    assert new > max(used)


async def test_a_row_cannot_belong_to_nobody(storage: Database) -> None:
    with pytest.raises(IntegrityError):
        async with storage.transaction() as transaction:
            await transaction.execute(insert(ROLES), {"user_id": 1, "role": "administrator", **TIMES})

    assert await storage.fetch_value(select(ROLES.c.id)) is None


async def test_rows_go_with_the_one_they_belong_to(storage: Database) -> None:
    async with storage.transaction() as transaction:
        user_id = await transaction.fetch_value(insert(USERS).returning(USERS.c.id), {"name": "张三", **TIMES})
        await transaction.execute(insert(ROLES), {"user_id": user_id, "role": "administrator", **TIMES})
        await transaction.execute(delete(USERS))

    assert await storage.fetch_value(select(ROLES.c.id)) is None


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


async def test_a_long_read_does_not_hold_up_others(sqlite: Database) -> None:
    assert await sqlite.fetch_value(LONG, {"last": 10}) == 10
    for _ in range(2):  # found out to be long; known to be long
        long = asyncio.create_task(sqlite.fetch_value(LONG, {"last": MANY_STEPS}))
        for _ in range(10):
            await asyncio.sleep(0)
            assert await sqlite.fetch_value(text("SELECT 1")) == 1
        assert not long.done()
        assert await long == MANY_STEPS
    assert await sqlite.fetch_value(LONG, {"last": 10}) == 10


async def test_a_transaction_that_fails_takes_no_other_with_it(storage: Database) -> None:
    async def write(number: int) -> None:
        async with storage.transaction() as transaction:
            await transaction.execute(ADD, setting(str(number)))
            if number % 3 == 0:
                raise ZeroDivisionError
            if number % 3 == 1:
                await transaction.execute(ADD, setting(str(number)))

    outcomes = await asyncio.gather(*(write(number) for number in range(30)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [ZeroDivisionError, IntegrityError, type(None)] * 10
    assert sorted(await names(storage), key=int) == [str(number) for number in range(2, 30, 3)]


async def test_what_was_acknowledged_is_seen_by_another_process(sqlite: Database, tmp_path: Path) -> None:
    await migrate(sqlite)
    beside = Database(f"sqlite+aiosqlite:///{tmp_path / 'careergraph.db'}")

    async def write(number: int) -> None:
        async with sqlite.transaction() as transaction:
            await transaction.execute(ADD, setting(str(number)))
        assert await beside.fetch_value(BY_NAME, {"wanted": str(number)}) is not None

    await asyncio.gather(*(write(number) for number in range(50)))
    await beside.close()


@pytest.mark.parametrize("turns", range(12))
async def test_a_writer_that_is_cancelled_while_it_waits_leaves_the_others_committed(
    storage: Database, turns: int
) -> None:
    async def write(name: str) -> None:
        async with storage.transaction() as transaction:
            await transaction.execute(ADD, setting(name))

    async with asyncio.timeout(10):
        first = asyncio.create_task(write("first"))
        second = asyncio.create_task(write("second"))
        for _ in range(turns):
            await asyncio.sleep(0)
        second.cancel()
        await first
        await asyncio.gather(second, return_exceptions=True)
        await write("third")

    assert {"first", "third"} <= set(await names(storage))


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


async def test_a_missing_parameter_is_told_by_its_name(storage: Database) -> None:
    with pytest.raises(KeyError, match="wanted"):
        await storage.fetch(BY_NAME)


@pytest.mark.parametrize("is_swallowed", [False, True])
async def test_on_a_full_disk_only_what_was_acknowledged_is_there(sqlite: Database, is_swallowed: bool) -> None:
    await migrate(sqlite)
    async with sqlite.transaction() as transaction:
        pages = await transaction.fetch_value(text("PRAGMA page_count"))
        await transaction.fetch(text(f"PRAGMA max_page_count={pages + 4}"))

    async def write(number: int) -> None:
        async with sqlite.transaction() as transaction:
            await transaction.execute(ADD, setting(str(number)))
            if number % 4 == 3:
                with suppress(*[OperationalError] * is_swallowed):
                    await transaction.execute(ADD, {**setting(f"{number} is too much"), "value": "x" * 100_000})

    outcomes = await asyncio.gather(*(write(number) for number in range(26)), return_exceptions=True)

    acknowledged = [str(number) for number, outcome in enumerate(outcomes) if outcome is None]
    assert sorted(await names(sqlite)) == sorted(acknowledged)
    assert {type(outcome) for outcome in outcomes} == {type(None), OperationalError}
    assert {type(outcomes[number]) for number in range(3, 26, 4)} == {OperationalError}


async def test_a_turn_that_fails_before_it_wrote_takes_nothing_back_of_the_one_before(storage: Database) -> None:
    async def write(name: str) -> None:
        async with storage.transaction() as transaction:
            await transaction.execute(ADD, setting(name))

    def refuse(_sql: str) -> None:
        task = asyncio.current_task()
        if task is not None and task.get_name().startswith("refused"):
            raise ZeroDivisionError

    with observing(refuse):
        turns = ["first", "refused", "second", "third", "refused too", "fourth", "refused at last"]
        tasks = [asyncio.create_task(write(name), name=name) for name in turns]
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [isinstance(outcome, ZeroDivisionError) for outcome in outcomes] == ["refused" in name for name in turns]
    assert sorted(await names(storage)) == ["first", "fourth", "second", "third"]

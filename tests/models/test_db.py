"""The database: pragmas, transactions and ids."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.db import Database, observing
from models.errors import Unavailable
from models.identity import User, UserRole
from models.migrate import migrate
from models.settings import Settings
from models.statements import table_of
from tests.support.settings_table import ADD, ADD_RETURNING, BY_NAME, NAMES, SETTINGS, TIMES, names, setting

USERS, ROLES = table_of(User), table_of(UserRole)
LONG = text(
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :last)"
    " SELECT count(*) FROM numbers"
)
MANY_STEPS = 2_000_000


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
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000, "synchronous": full}


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


async def test_a_read_that_fails_halfway_keeps_nobody_from_reading_what_is_new(sqlite: Database) -> None:
    """Not even while somebody remembers the error: another program damaged a text, for example."""
    async with sqlite.transaction() as transaction:
        await transaction.execute(text("CREATE TABLE entries (entry)"))
        await transaction.execute(text("INSERT INTO entries VALUES ('a'), (CAST(x'ff' AS TEXT)), ('c')"))
    with pytest.raises(DBAPIError) as remembered:
        await sqlite.fetch(text("SELECT entry FROM entries"))
    async with sqlite.transaction() as transaction:
        await transaction.execute(text("DELETE FROM entries"))

    assert await sqlite.fetch_value(text("SELECT count(*) FROM entries")) == 0
    assert "entries" in str(remembered.value.statement)


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
                with suppress(*[Unavailable] * is_swallowed):
                    await transaction.execute(ADD, {**setting(f"{number} is too much"), "value": "x" * 100_000})

    outcomes = await asyncio.gather(*(write(number) for number in range(26)), return_exceptions=True)

    acknowledged = [str(number) for number, outcome in enumerate(outcomes) if outcome is None]
    assert sorted(await names(sqlite)) == sorted(acknowledged)
    assert {type(outcome) for outcome in outcomes} == {type(None), Unavailable}
    assert {type(outcomes[number]) for number in range(3, 26, 4)} == {Unavailable}


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

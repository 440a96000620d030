"""Days in a row: those of the clock-ins, whatever was added, moved and deleted, by one or by several at once."""

import asyncio
import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update

from models.attendance import AttendanceRun, ClockIn
from models.db import Database, Transaction
from models.identity import User
from models.settings import Settings
from models.statements import table_of
from resolvers import attendance_runs
from tests.models.test_migrations import downgrade, upgrade_to
from tests.support.clients import MORNING, Product

CLOCK_INS, RUNS, USERS = table_of(ClockIn), table_of(AttendanceRun), table_of(User)
TIMES = {"created_at": MORNING, "updated_at": MORNING}
SLOTS = ("morning", "afternoon", "evening")
FIRST = date(1999, 12, 25)
"""Before and after the day with the number 0."""
DAYS = 14
Moment = tuple[int, int, str]
"""A user, a day from the first one and a slot."""


def row_of(moment: Moment) -> dict[str, Any]:
    user, day, slot = moment
    values = {"user_id": user, "business_date": FIRST + timedelta(days=day), "slot": slot}
    return {**values, "clocked_in_at": MORNING, "location": "x", **TIMES}


def is_one_of(moments: list[Moment]) -> Any:
    """Whether a clock-in is one of these."""
    keys = ("user_id", "business_date", "slot")
    return or_(*(and_(*(CLOCK_INS.c[key] == row_of(moment)[key] for key in keys)) for moment in moments))


def counted(moments: set[Moment]) -> list[tuple[int, int, int, int]]:
    """The runs of clock-ins, counted plainly."""
    days: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for user, day, _slot in moments:
        days[user][(FIRST - date(2000, 1, 1)).days + day] += 1
    runs: list[tuple[int, int, int, int]] = []
    for user, own in sorted(days.items()):
        for day in sorted(own):
            if runs and runs[-1][0] == user and runs[-1][2] == day - 1:
                first, count = runs[-1][1], runs[-1][3]
                runs[-1] = (user, first, day, count + own[day])
            else:
                runs.append((user, day, day, own[day]))
    return runs


async def kept(database: Database) -> list[tuple[int, int, int, int]]:
    rows = await database.fetch(select(RUNS).order_by(RUNS.c.user_id, RUNS.c.first_day))
    return [(row.user_id, row.first_day, row.last_day, row.clock_ins) for row in rows]


async def change(
    transaction: Transaction, kind: int, chosen: random.Random, users: list[int], there: set[Moment], is_sqlite: bool
) -> None:
    """Add, delete or move some clock-ins, by one statement or by one for each."""
    free = [(user, day, slot) for user in users for day in range(DAYS) for slot in SLOTS]
    free = [moment for moment in free if moment not in there]
    new = chosen.sample(free, min(len(free), chosen.choice([1, 1, 2, 5])))
    old = chosen.sample(sorted(there), min(len(there), len(new)))
    if kind == 0:
        await transaction.execute_many(insert(CLOCK_INS), [row_of(moment) for moment in new])
        there.update(new)
    elif kind == 1:
        await transaction.execute(insert(CLOCK_INS).values([row_of(moment) for moment in new]))
        there.update(new)
    elif kind == 2:
        async with attendance_runs.without_triggers(transaction, is_sqlite=is_sqlite):
            await transaction.execute_many(insert(CLOCK_INS), [row_of(moment) for moment in new])
        added = [(user, FIRST + timedelta(days=day)) for user, day, _slot in new]
        await attendance_runs.join(transaction, added, MORNING, is_sqlite=is_sqlite)
        there.update(new)
    elif kind == 3 and old:
        await transaction.execute(delete(CLOCK_INS).where(is_one_of(old)))
        there.difference_update(old)
    elif kind == 4:
        for before, after in zip(old, new, strict=False):
            values = {key: row_of(after)[key] for key in ("user_id", "business_date", "slot")}
            await transaction.execute(update(CLOCK_INS).where(is_one_of([before])).values(values))
        there.difference_update(old)
        there.update(new[: len(old)])
    elif kind == 5 and old:
        # All of some days at once, to days behind the others.
        user, day, _slot = old[0]
        moved = {moment for moment in there if moment[0] == user and moment[1] >= day}
        if not any(moment[1] >= 100 for moment in moved):
            later: Any = func.date(CLOCK_INS.c.business_date, "+100 days")
            if not is_sqlite:
                later = CLOCK_INS.c.business_date + 100
            await transaction.execute(update(CLOCK_INS).where(is_one_of(sorted(moved))).values(business_date=later))
            there.difference_update(moved)
            there.update((user, day + 100, slot) for user, day, slot in moved)


async def test_runs_are_those_of_the_clock_ins(product: Product, database: Database, settings: Settings) -> None:
    users = [person.id for person in await product.students(3)]
    before, there, chosen = await kept(database), set[Moment](), random.Random(20)  # noqa: S311
    for step in range(120):
        async with database.transaction() as transaction:
            await change(transaction, step % 6, chosen, users, there, database.is_sqlite)
        assert await kept(database) == [*before, *counted(there)], step
    assert await attendance_runs.count_wrong(database) == 0

    # Several at once, each with a connection of its own: days that are neighbours, in any order.
    async with database.transaction() as transaction:
        await transaction.execute(delete(CLOCK_INS).where(CLOCK_INS.c.user_id.in_(users)))
    assert await kept(database) == before
    every = [(user, day, slot) for user in users for day in range(DAYS) for slot in SLOTS[:2]]
    chosen.shuffle(every)
    others = [Database(settings.effective_database_url) for _ in range(4)]

    async def add(one: Database, moments: list[Moment]) -> None:
        for moment in moments:
            async with one.transaction() as transaction:
                await transaction.execute(insert(CLOCK_INS).values(row_of(moment)))

    async def remove(one: Database, moments: list[Moment]) -> None:
        for moment in moments:
            async with one.transaction() as transaction:
                await transaction.execute(delete(CLOCK_INS).where(is_one_of([moment])))

    await asyncio.gather(*(add(one, every[number::4]) for number, one in enumerate(others)))
    assert await kept(database) == [*before, *counted(set(every))]
    gone = every[::3]
    await asyncio.gather(*(remove(one, gone[number::4]) for number, one in enumerate(others)))
    there = set(every) - set(gone)
    assert await kept(database) == [*before, *counted(there)]
    for one in others:
        await one.close()

    # What a fault left is found, and made anew; a migration finds the same.
    async with database.transaction() as transaction:
        await transaction.execute(update(RUNS).where(RUNS.c.user_id == users[0]).values(clock_ins=0))
        await transaction.execute(
            insert(RUNS), {"user_id": users[1], "first_day": 9, "last_day": 9, "clock_ins": 1, **TIMES}
        )
    assert await attendance_runs.count_wrong(database) == 2
    async with database.transaction() as transaction:
        await attendance_runs.count_anew(transaction, is_sqlite=database.is_sqlite)
    assert await attendance_runs.count_wrong(database) == 0
    assert await kept(database) == [*before, *counted(there)]

    # Who is deleted has none.
    async with database.transaction() as transaction:
        await transaction.execute(delete(USERS).where(USERS.c.id == users[0]))
    assert await kept(database) == [*before, *counted({moment for moment in there if moment[0] != users[0]})]

    def again(connection: Connection) -> None:
        downgrade(connection, "0028")
        upgrade_to(connection, "0029")

    async with database.engine.begin() as connection:
        await connection.run_sync(again)
    assert await kept(database) == [*before, *counted({moment for moment in there if moment[0] != users[0]})]

"""Runs: days in a row on which a user clocked in.

Triggers of the database keep them with every clock-in that is added, corrected, moved to another user or deleted (see
their migration). Where very many are added at once, a trigger for each takes longer than all else: then the runs are
kept without them, in the same transaction.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, cast, delete, func, insert, literal, select, text, union_all

from models.attendance import AttendanceRun, ClockIn
from models.days import day_number, number_of
from models.db import Database, Transaction
from models.statements import table_of

AT_ONCE = 4096
"""The users that one statement names."""
LOCKS = 1024
"""So many locks have the users of PostgreSQL among them."""

_clock_ins, _runs = table_of(ClockIn), table_of(AttendanceRun)
_KEPT = (
    _runs.c.created_at,
    _runs.c.updated_at,
    _runs.c.user_id,
    _runs.c.first_day,
    _runs.c.last_day,
    _runs.c.clock_ins,
)
_days = (
    select(
        _clock_ins.c.user_id,
        day_number(_clock_ins.c.business_date).label("day"),
        func.min(_clock_ins.c.created_at).label("created_at"),
        func.max(_clock_ins.c.updated_at).label("updated_at"),
        func.count().label("clock_ins"),
    )
    .group_by(_clock_ins.c.user_id, _clock_ins.c.business_date)
    .subquery("days")
)
# Of consecutive days the number grows as their place does, so that the difference tells one run from the next.
_place = func.row_number().over(partition_by=_days.c.user_id, order_by=_days.c.day)
_numbered = select(_days, (_days.c.day - _place).label("run")).subquery("numbered")
_COUNTED = select(
    func.min(_numbered.c.created_at).label("created_at"),
    func.max(_numbered.c.updated_at).label("updated_at"),
    _numbered.c.user_id,
    func.min(_numbered.c.day).label("first_day"),
    func.max(_numbered.c.day).label("last_day"),
    cast(func.sum(_numbered.c.clock_ins), Integer).label("clock_ins"),
).group_by(_numbered.c.user_id, _numbered.c.run)
_FILL = insert(_runs).from_select([column.name for column in _KEPT], _COUNTED)
_EMPTY = delete(_runs)
_ALONE = text("LOCK TABLE clock_ins IN SHARE ROW EXCLUSIVE MODE")

_SHOWN = ("user_id", "first_day", "last_day", "clock_ins")
_counted = _COUNTED.subquery("counted_anew")
_both = union_all(
    select(*(_counted.c[name] for name in _SHOWN), literal(1).label("times")),
    select(*(_runs.c[name] for name in _SHOWN), literal(-1)),
).subquery("both_ways")
_differing = (
    select(_both.c.user_id)
    .group_by(*(_both.c[name] for name in _SHOWN))
    .having(func.sum(_both.c.times) != 0)
    .subquery("differing")
)
_WRONG = select(func.count(_differing.c.user_id.distinct()))

_TRIGGER = "clock_ins_runs_added"
_TRIGGER_ON_SQLITE = text(f"SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{_TRIGGER}'")  # noqa: S608
_DROP = text(f"DROP TRIGGER {_TRIGGER}")
_LATER = text("SELECT set_config('careergraph.attendance_runs', :kept, true)")
_LOCK = text("SELECT attendance_runs_lock(CAST(:remainder AS bigint))")
_TAKE = (
    delete(_runs)
    .where(
        _runs.c.user_id.in_(bindparam("keys", expanding=True)),
        _runs.c.last_day >= bindparam("from_day"),
        _runs.c.first_day <= bindparam("to_day"),
    )
    .returning(_runs.c.user_id, _runs.c.first_day, _runs.c.last_day, _runs.c.clock_ins)
)
_ADD = insert(_runs)


class Run(NamedTuple):
    """The first and the last day by their numbers, and the clock-ins."""

    first_day: int
    last_day: int
    clock_ins: int


async def count_wrong(database: Database) -> int:
    """How many users have runs that are not those of their clock-ins."""
    found: int = await database.fetch_value(_WRONG)
    return found


async def count_anew(transaction: Transaction, *, is_sqlite: bool) -> None:
    """Make all runs anew. Whoever clocks in meanwhile waits."""
    if not is_sqlite:
        await transaction.execute(_ALONE)
    await transaction.execute(_EMPTY)
    await transaction.execute(_FILL)


@asynccontextmanager
async def without_triggers(transaction: Transaction, *, is_sqlite: bool) -> AsyncIterator[None]:
    """Runs do not follow what this transaction adds within the block: whoever adds it sees to them."""
    if is_sqlite:
        trigger = await transaction.fetch_value(_TRIGGER_ON_SQLITE)
        await transaction.execute(_DROP)
        yield
        await transaction.execute(text(trigger))
    else:
        await transaction.fetch(_LATER, {"kept": "later"})
        yield
        await transaction.fetch(_LATER, {"kept": ""})


async def join(transaction: Transaction, added: Iterable[tuple[int, date]], now: datetime, *, is_sqlite: bool) -> None:
    """Join the days of clock-ins of users, which were added without triggers, to their runs."""
    days: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for user_id, day in added:
        days[user_id][number_of(day)] += 1
    if not days:
        return
    if not is_sqlite:  # in the order in which all others take several
        for remainder in sorted({user_id % LOCKS for user_id in days}):
            await transaction.fetch(_LOCK, {"remainder": remainder})
    users = iter(days)
    near = {
        "from_day": min(map(min, days.values())) - 1,
        "to_day": max(map(max, days.values())) + 1,
    }
    while keys := list(islice(users, AT_ONCE)):
        runs: dict[int, list[Run]] = {key: [Run(day, day, count) for day, count in days[key].items()] for key in keys}
        for row in await transaction.fetch(_TAKE, {"keys": keys, **near}):
            runs[row.user_id].append(Run(row.first_day, row.last_day, row.clock_ins))
        values: list[dict[str, Any]] = [
            {"user_id": key, **run._asdict(), "created_at": now, "updated_at": now}
            for key, own in runs.items()
            for run in joined(own)
        ]
        await transaction.execute_many(_ADD, values)


def joined(runs: Sequence[Run]) -> list[Run]:
    """Runs of a user as few as they can be: those that overlap or follow each other are one."""
    found: list[Run] = []
    for run in sorted(runs):
        if found and run.first_day <= found[-1].last_day + 1:
            last = found.pop()
            run = Run(last.first_day, max(last.last_day, run.last_day), last.clock_ins + run.clock_ins)
        found.append(run)
    return found

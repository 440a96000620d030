"""The ids that rows get: the old ones where they are numbers that the product has never given.

Others are given new ones, far enough above that old ids still to come stay free.
"""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Protocol

from sqlalchemy import Select, Table, bindparam, select, text

from resolvers.scope import Scope

AT_ONCE = 4096
"""The ids that one statement names; statements take some 32,000 parameters."""
MAX_KEPT = 2**52
"""The largest old id that is kept: there has to be room for as many after it."""
_DIGITS = len(str(MAX_KEPT))
GAP = 10_000_000
"""How far new ids are from the last one of before, where old ids are kept."""

_TOP_ON_SQLITE = text("SELECT seq FROM sqlite_sequence WHERE name = :of_table")
_TOP = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(CAST(:of_table AS text), 'id')::regclass)")
_MOVE_TOP = text("SELECT setval(pg_get_serial_sequence(CAST(:of_table AS text), 'id'), CAST(:up_to AS bigint))")


class Identified(Protocol):
    """What is going to have an id."""

    old_id: str
    new_id: int | None


def kept_number(old_id: str, floor: int) -> int | None:
    """The number of an old id, if it may be kept."""
    if not old_id.isdecimal() or len(old_id) > _DIGITS:
        return None
    number = int(old_id)
    return number if floor < number <= MAX_KEPT else None


async def top(scope: Scope, table: Table) -> int:
    """The largest id that a table has given so far."""
    statement = _TOP_ON_SQLITE if scope.services.database.is_sqlite else _TOP
    return await scope.transaction.fetch_value(statement, {"of_table": table.name}) or 0


async def present(scope: Scope, table: Table, numbers: Sequence[int]) -> set[int]:
    """Those of the ids that rows have."""
    statement = _present(table)
    found: set[int] = set()
    for start in range(0, len(numbers), AT_ONCE):
        rows = await scope.transaction.fetch(statement, {"keys": numbers[start : start + AT_ONCE]})
        found.update(row.id for row in rows)
    return found


@cache
def _present(table: Table) -> Select[tuple[int]]:
    return select(table.c.id).where(table.c.id.in_(bindparam("keys", expanding=True)))


async def assign(scope: Scope, table: Table, rows: Collection[Identified], *, floor: int) -> None:
    """Give rows their ids; the table's own counting goes on after them."""
    wanted = {row: number for row in rows if (number := kept_number(row.old_id, floor)) is not None}
    taken = await present(scope, table, list(wanted.values()))
    before = await top(scope, table)
    highest = before
    for row, number in wanted.items():
        if number not in taken:
            row.new_id = number
            highest = max(highest, number)
    following = max(highest, floor + GAP) if wanted else highest
    for row in rows:
        if row.new_id is None:
            following += 1
            row.new_id = highest = following
    if highest > before and not scope.services.database.is_sqlite:
        await scope.transaction.fetch_value(_MOVE_TOP, {"of_table": table.name, "up_to": highest})

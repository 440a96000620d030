"""Totals of large tables: a stored count plus the few rows since then."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Select, Table, bindparam, func, select, update

from models.attendance import ClockIn
from models.audit import AuditEvent
from models.community import Post
from models.identity import StaffApplication, User
from models.platform.certification import Certification
from models.platform.projects import Project
from models.signing.companies import Company
from models.statements import insert_new, table_of
from models.talent.recruiters import Recruiter
from models.totals import RowTotal
from resolvers.scope import Scope, Services

SETTLED = timedelta(minutes=10)
"""Rows that are younger are counted each time: of two transactions the later id may be committed first."""
MIN_STEP = 1000
"""So many rows have to be new before the total is brought up to date."""
COUNTED = tuple(
    table_of(model)
    for model in (ClockIn, Post, User, AuditEvent, Certification, Company, Project, Recruiter, StaffApplication)
)
"""The tables with totals; each has a trigger that takes off what is deleted."""

_totals = table_of(RowTotal)
_BEGIN = insert_new(RowTotal, unique=["name"])
_HELD = select(_totals).where(_totals.c.name == bindparam("of_table")).with_for_update()
_MOVE = (
    update(_totals)
    .where(_totals.c.name == bindparam("of_table"))
    .values(up_to_id=bindparam("last"), rows=_totals.c.rows + bindparam("added"), updated_at=bindparam("now"))
)

_ADD = (
    update(_totals)
    .where(_totals.c.name == bindparam("of_table"))
    .values(rows=_totals.c.rows + bindparam("added"), updated_at=bindparam("now"))
)


def total_of(table: Table) -> Select[tuple[int]]:
    """The statement that tells how many rows a table of `COUNTED` has."""
    held = select(_totals.c.rows, _totals.c.up_to_id).where(_totals.c.name == table.name).subquery()
    rows = select(held.c.rows).scalar_subquery()
    up_to = func.coalesce(select(held.c.up_to_id).scalar_subquery(), 0)
    newer = select(func.count()).where(table.c.id > up_to).scalar_subquery()
    return select(func.coalesce(rows, 0) + newer)


_LAST = {
    table.name: select(table.c.id).where(table.c.created_at < bindparam("before")).order_by(table.c.id.desc()).limit(1)
    for table in COUNTED
}
_ADDED = {
    table.name: select(func.count()).where(table.c.id > bindparam("up_to"), table.c.id <= bindparam("last"))
    for table in COUNTED
}


async def count_restored(scope: Scope, table: Table, ids: Sequence[int]) -> None:
    """Count rows that have ids of their own: those that are back, or moved in. In their transaction."""
    if table not in COUNTED or not ids:
        return
    first = {"name": table.name, "up_to_id": 0, "rows": 0, "created_at": scope.now, "updated_at": scope.now}
    await scope.transaction.execute(_BEGIN, first)
    # Whoever brings the total up to date waits for this row, and then sees the rows.
    held = await scope.transaction.fetch_one(_HELD, {"of_table": table.name})
    added = 0 if held is None else sum(row_id <= held.up_to_id for row_id in ids)
    if added:
        await scope.transaction.execute(_ADD, {"of_table": table.name, "added": added, "now": scope.now})


async def bring_up_to_date(services: Services) -> None:
    """Count what was added to each table since the last time, if that is much. Several processes may do this."""
    now = services.clock()
    for name, last_of in _LAST.items():
        last = await services.database.fetch_value(last_of, {"before": now - SETTLED})
        held = await services.database.fetch_one(_HELD, {"of_table": name})
        if last is None or last - (held.up_to_id if held is not None else 0) < MIN_STEP:
            continue
        async with services.database.transaction() as transaction:
            first = {"name": name, "up_to_id": 0, "rows": 0, "created_at": now, "updated_at": now}
            await transaction.execute(_BEGIN, first)
            # Who deletes meanwhile waits for this row, and sees how far it goes.
            held = await transaction.fetch_one(_HELD, {"of_table": name})
            if held is None or held.up_to_id >= last:
                continue
            added = await transaction.fetch_value(_ADDED[name], {"up_to": held.up_to_id, "last": last})
            await transaction.execute(_MOVE, {"of_table": name, "last": last, "added": added, "now": now})

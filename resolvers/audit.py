"""The audit trail: events are recorded in the transaction of the change."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, select

from models.audit import AuditEvent
from models.statements import table_of
from resolvers import trail
from resolvers.loaders import by_key
from resolvers.orders import AuditEventOrder
from resolvers.paging import Listing
from resolvers.ranges import days_added, one_of
from resolvers.scope import Scope
from resolvers.totals import total_of

_events = table_of(AuditEvent)
MAX_VALUE = 200
"""The most characters of a value from before or after a change."""

Values = dict[str, str]

by_id = by_key(select(_events), _events.c.id)
listing = Listing(
    select(_events),
    _events.c.id,
    newest_first=True,
    orders=AuditEventOrder,
    filters={
        "subject_type": _events.c.subject_type == bindparam("subject_type"),
        "subject_id": _events.c.subject_id == bindparam("subject_id"),
        "of_actor": _events.c.actor_id == bindparam("of_actor"),
        "actions": one_of(_events.c.action, "actions"),
        **days_added(_events),
    },
    total=total_of(_events),
)


async def record(
    scope: Scope,
    *,
    action: str,
    subject_type: str,
    subject_id: int,
    details: Values | None = None,
    before: Values | None = None,
    after: Values | None = None,
) -> None:
    """Add an event of the caller. `subject_type` is the graph's name of the object's type.

    `before` and `after` are what the act changed. Nothing of it may be a secret: a password, a code, an id number.
    """
    batch = trail.batch_of(scope.transaction, scope.services.seals)
    batch.events.append(
        {
            "actor_id": scope.principal.user_id,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "details": details or {},
            "before": before or {},
            "after": after or {},
            "client": scope.client,
            "request_id": scope.request_id,
            "created_at": scope.now,
            "updated_at": scope.now,
        }
    )


async def record_alone(
    scope: Scope, *, action: str, subject_type: str, subject_id: int, details: Values | None = None
) -> None:
    """`record`, where no transaction runs: for what reads only, or was refused."""
    apart = replace(scope, current_transaction=None, after_commit=[], after_end=[])
    async with apart.begin():
        await record(apart, action=action, subject_type=subject_type, subject_id=subject_id, details=details)


async def record_all(scope: Scope, *, action: str, subject_type: str, subjects: Mapping[int, Values]) -> None:
    """`record`, for several objects that the caller does the same to: the details of each by its id."""
    for subject_id, details in subjects.items():
        await record(scope, action=action, subject_type=subject_type, subject_id=subject_id, details=details)


async def ensure(scope: Scope, *, action: str) -> None:
    """Add an event of an act that changed nothing, so that every act of an administrator leaves one."""
    if not trail.batch_of(scope.transaction, scope.services.seals).events:
        await record(scope, action=action, subject_type="Nothing", subject_id=0)


def take_back(scope: Scope, *, subject_type: str, subject_id: int) -> None:
    """Forget the events of this transaction about an object that the transaction itself takes back."""
    batch = trail.batch_of(scope.transaction, scope.services.seals)
    gone = (subject_type, subject_id)
    batch.events[:] = [event for event in batch.events if (event["subject_type"], event["subject_id"]) != gone]


class Tracked:
    """The columns of a table whose changes are audited."""

    def __init__(self, table: Table, *names: str) -> None:
        self._names = names
        self._statement = select(table).where(table.c.id == bindparam("of_row")).with_for_update()

    async def held(self, scope: Scope, row_id: int) -> Row[Any] | None:
        """A row before it changes, or None; nobody else changes it until the transaction ends."""
        return await scope.transaction.fetch_one(self._statement, {"of_row": row_id})

    def changes(self, before: Row[Any] | None, after: Row[Any]) -> dict[str, Values]:
        """The arguments `before` and `after` of an event: what differs of the named columns."""
        differing = [name for name in self._names if before is None or getattr(before, name) != getattr(after, name)]
        old = {} if before is None else texts(before, differing)
        return {"before": old, "after": texts(after, differing)}


def texts(row: Any, names: Iterable[str]) -> Values:
    """The named values of a row, as an event holds them."""
    return {name: text(getattr(row, name)) for name in names}


def text(value: Any) -> str:
    """A value as an event holds it: the beginning of a long one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    whole = str(value)
    return whole if len(whole) <= MAX_VALUE else f"{whole[: MAX_VALUE - 1]}…"

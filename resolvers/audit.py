"""The audit trail: events are recorded in the transaction of what they tell of."""

from collections.abc import Mapping

from sqlalchemy import bindparam, insert, select

from models.audit import AuditEvent
from models.statements import table_of
from resolvers.loaders import by_key
from resolvers.paging import Listing
from resolvers.scope import Scope
from resolvers.totals import total_of

_events = table_of(AuditEvent)
_ADD = insert(_events)

by_id = by_key(select(_events), _events.c.id)
listing = Listing(
    select(_events),
    _events.c.id,
    newest_first=True,
    filters={
        "subject_type": _events.c.subject_type == bindparam("subject_type"),
        "subject_id": _events.c.subject_id == bindparam("subject_id"),
        "of_actor": _events.c.actor_id == bindparam("of_actor"),
    },
    total=total_of(_events),
)


async def record(
    scope: Scope, *, action: str, subject_type: str, subject_id: int, details: dict[str, str] | None = None
) -> None:
    """Add an event of the caller. `subject_type` is the graph's name of the object's type."""
    await record_all(scope, action=action, subject_type=subject_type, subjects={subject_id: details or {}})


async def record_all(scope: Scope, *, action: str, subject_type: str, subjects: Mapping[int, dict[str, str]]) -> None:
    """`record`, for several objects that the caller does the same to: the details of each by its id."""
    await scope.transaction.execute_many(
        _ADD,
        [
            {
                "actor_id": scope.principal.user_id,
                "action": action,
                "subject_type": subject_type,
                "subject_id": subject_id,
                "details": details,
                "created_at": scope.now,
                "updated_at": scope.now,
            }
            for subject_id, details in subjects.items()
        ],
    )

"""Recording audit events, in the transaction of what they tell of."""

from sqlalchemy import insert

from models.audit import AuditEvent
from models.statements import table_of
from resolvers.scope import Scope

_ADD = insert(table_of(AuditEvent))


async def record(
    scope: Scope, *, action: str, subject_type: str, subject_id: int, details: dict[str, str] | None = None
) -> None:
    """Add an event of the caller. `subject_type` is the graph's name of the object's type."""
    await scope.transaction.execute(
        _ADD,
        {
            "actor_id": scope.principal.user_id,
            "action": action,
            "subject_type": subject_type,
            "subject_id": subject_id,
            "details": details or {},
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )

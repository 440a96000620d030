"""The audit trail, for administrators."""

import datetime
from typing import Annotated, Any

import strawberry

from auth.policies import administrator
from resolvers import audit
from resolvers.identity import users
from resolvers.orders import AuditEventOrder
from resolvers.ranges import MAX_VALUES, added_between, checked_set
from schema.engine import node_id
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, paged, resolved
from schema.engine.ids import RecordedId
from schema.engine.types import NODE_TYPES, Node, input_type, node_type, root_type, value_type
from schema.identity.user import User


@value_type(description="A detail of an event.", policy=administrator)
class AuditDetail:
    """An entry of `details`."""

    name: str = column("The name of the detail.")
    value: str = column("The value; never a secret.")


@node_type(description="A recorded action.", policy=administrator, by_id=audit.by_id)
class AuditEvent(Node):
    """A row of `audit_events`."""

    action: str = column("The action, such as grant_role.")
    actor: User | None = link("The user who did it; null for the system.", "actor_id", users.by_id)
    subject_type: str = column("The type of the affected object.")

    @resolved("The affected object; null if it was deleted or is not a node of the graph.")
    async def subject(self, info: Info) -> Node | None:
        """As `node` finds it."""
        found = NODE_TYPES.get(self.subject_type)
        row = await info.context.load(found.by_id, self.subject_id) if found else None  # type: ignore[attr-defined]
        return None if found is None or row is None else from_row(found.type, row)

    client: str = column("The client address; empty for actions of the system.")
    request_id: str = column("The X-Request-Id of the reply, under which the access log has the request.")
    number: int | None = column("The position in the chain of events, which has no gaps.")
    hash: str | None = column("The keyed hash over the event and the hash of the one before it.")

    @resolved("Particulars.")
    def details(self) -> list[AuditDetail]:
        """From the JSON column."""
        return _entries(self, "details")

    @resolved("The old values: at most the first 200 characters of a value.")
    def before(self) -> list[AuditDetail]:
        """From the JSON column."""
        return _entries(self, "before")

    @resolved("The new values: at most the first 200 characters of a value.")
    def after(self) -> list[AuditDetail]:
        """From the JSON column."""
        return _entries(self, "after")


def _entries(event: AuditEvent, column: str) -> list[AuditDetail]:
    stored: dict[str, str] = event.__dict__[column]
    return [AuditDetail(name=name, value=value) for name, value in stored.items()]


@input_type(description="A filter of events; all conditions must hold.")
class AuditEventFilter:
    """The filter of `auditEvents`."""

    subject: strawberry.ID | None = strawberry.field(default=None, description="Only events that affect this object.")
    actor: RecordedId[User] | None = strawberry.field(default=None, description="Only actions of this user.")
    actions: list[str] | None = strawberry.field(
        default=None, description=f"Only these actions, such as grant_role; at most {MAX_VALUES}."
    )
    created_from: datetime.date | None = strawberry.field(
        default=None, description="Only events of this day or later, in Shanghai."
    )
    created_to: datetime.date | None = strawberry.field(
        default=None, description="Only events up to this day, in Shanghai."
    )


@root_type
class AuditQuery:
    """Queries."""

    @paged("The audit trail, newest first", policy=administrator)
    async def audit_events(
        self,
        info: Info,
        filter: Annotated[
            AuditEventFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[AuditEventOrder | None, ORDER_BY] = None,
    ) -> Connection[AuditEvent] | None:
        """A page of events."""
        wanted = filter or AuditEventFilter()
        subject_type, subject_id = None, None
        if wanted.subject is not None:
            subject_type, subject_id = node_id.decode(wanted.subject, field="filter.subject")
        filters: dict[str, Any] = {
            "subject_type": subject_type,
            "subject_id": subject_id,
            "of_actor": wanted.actor,
            "actions": checked_set(wanted.actions, "filter.actions"),
            **added_between(wanted.created_from, wanted.created_to),
        }
        return await listed(
            info,
            AuditEvent,
            audit.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
        )

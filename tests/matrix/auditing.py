"""Whether what somebody with a role does, and what changes a credential or a role, leaves its event."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from auth.policies import public, signed_in
from models.audit import AuditEvent
from models.db import Database
from models.statements import table_of
from schema.engine.fields.kinds import GraphField
from tests.matrix.changes import Change
from tests.matrix.operations import object_type
from tests.matrix.people import ROLES, Caller

CREDENTIALS = {
    *("credentials", "known_networks", "pending_emails", "sessions", "user_aliases"),
    *("handlers", "recruiter_registrations", "recruiters", "staff_applications", "user_roles"),
}
"""The tables that say what somebody signs in with, and what they may. A new password ends sessions."""
IN_OFFICE = {*ROLES, "handler"}
"""The audiences of a mutation whose callers act for others."""
SECRET = {"change_password", "set_password", "reset_password", "set_first_password"}
"""The actions whose old and new value nobody may read."""
LOOKS = {"reveal_id_number", "reveal_resume_id_number", "acquire_contact"}
"""The actions that show something, and change nothing of it."""
TRAIL = {"audit_events", "audit_heads"}
_events = table_of(AuditEvent)
_NEWEST = select(func.coalesce(func.max(_events.c.id), 0))


def declared(name: str) -> GraphField:
    """The declaration of a mutation."""
    field = object_type("Mutation").fields[name].extensions["strawberry-definition"]
    assert isinstance(field, GraphField)
    return field


class Auditing:
    """Reads what calls add to the trail."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._before = 0

    async def begin(self) -> None:
        """What is there from now on is new."""
        self._before = await self._database.fetch_value(_NEWEST)

    async def added(self) -> Sequence[Any]:
        """The events since, in their order."""
        return await self._database.fetch(select(_events).where(_events.c.id > self._before).order_by(_events.c.id))


def is_office(caller: Caller, audience: str) -> bool:
    """Whether the caller may do this because of a role."""
    return any(word in IN_OFFICE and caller.belongs_to(word) for word in audience.split())


def missing(
    name: str, events: Sequence[Any], *, actor: int | None, changed: Sequence[Change] = (), in_office: bool = False
) -> str | None:
    """What is wrong with the events of a call that took effect; None if nothing is."""
    field = declared(name)
    if not events:
        touched = sorted({change.table for change in changed} & CREDENTIALS)
        has_role = in_office or field.policy not in (public, signed_in)
        if field.unaudited or not (has_role or touched):
            return None
        return f"leaves no event of the audit trail ({touched or 'for a role'}): record one, or declare `unaudited`"
    wrong = [problem for event in events for problem in _problems(event, actor)]
    if {change.table for change in changed} - TRAIL and all(event.subject_type == "Nothing" for event in events):
        wrong.append("changed something, but its event names nothing: record one in the rule")
    return f"leaves an event without {wrong}" if wrong else None


def _problems(event: Any, actor: int | None) -> list[str]:
    found = []
    if event.actor_id != actor:
        found.append(f"actor: {event.actor_id} instead of {actor}")
    if event.client != "127.0.0.1" or len(event.request_id) != 16:
        found.append(f"client or request id: {event.client!r}, {event.request_id!r}")
    says_something = event.before or event.after or event.details
    if not says_something and event.subject_type != "Nothing" and event.action not in SECRET | LOOKS:
        found.append(f"values of {event.action}")
    return found

"""Handlers: the people who look after applications. Administrators make them."""

from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from auth.permissions import Permission
from auth.policies import administrator
from models.errors import AlreadyHandler, InvalidInput, NotFound
from models.identity import Role
from models.signing.companies import HANDLER_EMAIL, HANDLER_NAME, HANDLER_PHONE, Handler
from models.statements import insert_new, table_of
from resolvers import audit, checks
from resolvers.identity import roles
from resolvers.loaders import by_key
from resolvers.orders import HandlerOrder
from resolvers.paging import Listing
from resolvers.scope import Scope
from resolvers.signing.visibility import is_handler

MANAGE = Permission(administrator)

_handlers = table_of(Handler)
_tracked = audit.Tracked(_handlers, "user_id", "name", "phone", "email", "enabled")

by_id = by_key(select(_handlers), _handlers.c.id)
listing = Listing(
    select(_handlers),
    _handlers.c.id,
    newest_first=False,
    orders=HandlerOrder,
    filters={"offered": is_handler == bindparam("offered")},
)

_ADD = insert_new(Handler, unique=["user_id"]).returning(_handlers)
_CHANGE = (
    update(_handlers)
    .where(_handlers.c.id == bindparam("of_handler"))
    .values(
        name=func.coalesce(bindparam("new_name"), _handlers.c.name),
        phone=func.coalesce(bindparam("new_phone"), _handlers.c.phone),
        email=func.coalesce(bindparam("new_email"), _handlers.c.email),
        enabled=func.coalesce(bindparam("new_state"), _handlers.c.enabled),
        updated_at=bindparam("now"),
    )
    .returning(_handlers)
)
_OFFERED = select(_handlers).where(_handlers.c.id == bindparam("of_handler"), is_handler).with_for_update(read=True)
_HANDLER = select(_handlers).where(_handlers.c.id == bindparam("of_handler"))


async def offered(scope: Scope, handler_id: int, *, applicant_id: int) -> Row[Any]:
    """A handler to whom the applicant's resume may be handed. Raises InvalidInput for any other."""
    field = "handler_id"
    row = await scope.transaction.fetch_one(_OFFERED, {"of_handler": handler_id})
    if row is None:
        raise InvalidInput("There is no such handler, or they are disabled.", field=field)
    if row.user_id == applicant_id:
        raise InvalidInput("You cannot be the handler of your own application.", field=field)
    return row


async def load(scope: Scope, handler_id: int) -> Row[Any] | None:
    """A handler as the running transaction sees them."""
    return await scope.transaction.fetch_one(_HANDLER, {"of_handler": handler_id})


async def create(scope: Scope, *, user_id: int, name: str, phone: str, email: str) -> Row[Any]:
    """Make a user a handler and give them the role; audited.

    Raises UserNotFound, AlreadyHandler or InvalidInput.
    """
    values = {
        "user_id": user_id,
        "name": checks.text(name, "name", max_length=HANDLER_NAME),
        "phone": checks.text(phone, "phone", max_length=HANDLER_PHONE, required=False),
        "email": checks.text(email, "email", max_length=HANDLER_EMAIL, required=False),
        "enabled": True,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    await roles.grant_role(scope, user_id=user_id, role=Role.HANDLER)
    row = await scope.transaction.fetch_one(_ADD, values)
    if row is None:
        raise AlreadyHandler(field="user_id")
    await _record(scope, "create_handler", None, row)
    return row


async def change(
    scope: Scope, *, handler_id: int, name: str | None, phone: str | None, email: str | None, enabled: bool | None
) -> Row[Any]:
    """Change what is known of a handler, or disable or enable them; None leaves what is there. Audited.

    Raises NotFound or InvalidInput.
    """
    limits = {"name": HANDLER_NAME, "phone": HANDLER_PHONE, "email": HANDLER_EMAIL}
    sent = {"name": name, "phone": phone, "email": email}
    texts = {
        f"new_{field}": None
        if sent[field] is None
        else checks.text(sent[field] or "", field, max_length=limit, required=field == "name")
        for field, limit in limits.items()
    }
    held = await _tracked.held(scope, handler_id)
    row = await scope.transaction.fetch_one(
        _CHANGE, {"of_handler": handler_id, **texts, "new_state": enabled, "now": scope.now}
    )
    if row is None:
        raise NotFound(field="handler_id")
    await _record(scope, "update_handler", held, row)
    return row


async def _record(scope: Scope, action: str, held: Row[Any] | None, row: Row[Any]) -> None:
    details = audit.texts(row, ("name", "enabled"))
    changes = _tracked.changes(held, row)
    await audit.record(scope, action=action, subject_type="Handler", subject_id=row.id, details=details, **changes)

"""What an act on several users did to each, in the order in which they were named."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from models.errors import DomainError, InvalidInput, UserNotFound
from models.identity import User
from models.statements import table_of
from resolvers.identity import users
from resolvers.scope import Scope

MAX_USERS = 500
"""The most users that one act is about."""

_users = table_of(User)
# In one order, so that of two acts on the same users one waits for the other.
_HELD = (
    select(_users.c.id, _users.c.disabled_at)
    .where(_users.c.id.in_(bindparam("of_users", expanding=True)))
    .order_by(_users.c.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done to a user: the row of now, or why nothing was. `changed` says whether anything did."""

    user: Row[Any] | None = None
    error: DomainError | None = None
    changed: bool = False


def check_number(user_ids: Sequence[int]) -> None:
    """Raise InvalidInput for none or too many users."""
    if not user_ids:
        raise InvalidInput("The list of users is empty.", field="user_ids")
    if len(user_ids) > MAX_USERS:
        raise InvalidInput("At most {maximum} users at once.", field="user_ids", maximum=MAX_USERS)


async def held(scope: Scope, user_ids: Collection[int]) -> dict[int, Row[Any]]:
    """The users that there are; nobody else changes them until the transaction ends."""
    rows = await scope.transaction.fetch(_HELD, {"of_users": sorted(set(user_ids))})
    return {row.id: row for row in rows}


async def outcomes(
    scope: Scope, user_ids: Sequence[int], errors: dict[int, DomainError], changed: Collection[int]
) -> list[Outcome]:
    """The outcome for each user, by their ids; those without an error have the row of now. Errors say which it is."""
    rows = await users.load_users(scope, {user_id for user_id in user_ids if user_id not in errors})
    found = []
    for index, user_id in enumerate(user_ids):
        refusal = errors.get(user_id) or (None if user_id in rows else UserNotFound())
        if refusal is None:
            found.append(Outcome(rows[user_id], changed=user_id in changed))
        else:
            found.append(Outcome(error=type(refusal)(refusal.message, field=f"user_ids.{index}")))
    return found


def only(found: Sequence[Outcome]) -> tuple[Row[Any], bool]:
    """The row of the one user that an act was about, and whether it changed anything. Raises its error."""
    (outcome,) = found
    if outcome.user is None:
        error = outcome.error or UserNotFound()
        raise type(error)(error.message, field="user_id")
    return outcome.user, outcome.changed

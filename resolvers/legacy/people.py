"""Users that are moved in: what they sign in with, and who of them is here already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from models.identity import Credential, CredentialKind, Role, User, UserRole
from models.statements import insert_new, table_of
from resolvers.identity import old_passwords
from resolvers.identity.proofs import INITIAL_PASSWORD_LENGTH
from resolvers.identity.registration import NAME
from resolvers.legacy import ids
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.ids import AT_ONCE, MAX_KEPT

users, credentials, roles = table_of(User), table_of(Credential), table_of(UserRole)
_HELD = (
    select(credentials.c.kind, credentials.c.identifier, credentials.c.user_id, users.c.name)
    .select_from(credentials.join(users, users.c.id == credentials.c.user_id))
    .where(credentials.c.kind == bindparam("of_kind"), credentials.c.identifier.in_(bindparam("keys", expanding=True)))
)
_ADD_ROLE = insert_new(UserRole, unique=["user_id", "role"])
Identifier = tuple[CredentialKind, str]


class Person(NamedTuple):
    """A user to move in."""

    name: str
    created_at: datetime
    updated_at: datetime
    identifiers: Sequence[Identifier]
    password_hash: str | None = None
    has_initial_password: bool = False
    class_name: str = ""
    major: str = ""
    pursues_postgraduate: bool = False
    pursues_employment: bool = False
    disabled_at: datetime | None = None
    roles: Sequence[Role] = ()


@dataclass(slots=True)
class _Held:
    """Somebody who has an identifier: their name, and their id or the row of this batch that they come with."""

    name: str
    user_id: int | None = None
    row: Row | None = None


def password(value: Any, account: str | None) -> dict[str, Any]:
    """The columns of a predecessor's password: its hash, or that it is still the end of the account."""
    if not isinstance(value, str) or (stored := old_passwords.stored(value)) is None:
        return {"password_hash": None, "has_initial_password": False}
    if account is not None and old_passwords.is_of(stored, account[-INITIAL_PASSWORD_LENGTH:]):
        return {"password_hash": None, "has_initial_password": True}
    return {"password_hash": stored, "has_initial_password": False}


async def move(batch: Batch, people: Sequence[tuple[Row, Person]]) -> None:
    """Add people, by their old ids where these are free.

    Who signs in with what somebody here signs in with is that one, if the names agree; otherwise the row is refused.
    """
    await batch.join(await _settle(batch, people, floor=batch.floor))


async def behind(batch: Batch, people: Sequence[tuple[Row, Person]]) -> list[tuple[Row, int]]:
    """The same for people who are behind rows of another kind; the users that these belong to."""
    await _settle(batch, people, floor=MAX_KEPT)
    found = [(row, row.new_id) for row, _person in people if row.new_id is not None]
    for row, _user_id in found:
        row.new_id = None
    return found


async def _settle(batch: Batch, people: Sequence[tuple[Row, Person]], *, floor: int) -> list[Row]:
    """Give each row the id of its user; the rows of users who are here already."""
    held = await _held(batch, [person for _row, person in people])
    new: list[tuple[Row, Person]] = []
    joined: list[tuple[Row, _Held]] = []
    for row, person in people:
        owners = [held[each] for each in person.identifiers if each in held]
        if not owners:
            new.append((row, person))
            held.update(dict.fromkeys(person.identifiers, _Held(person.name, row=row)))
        elif len({id(each.row) if each.row else each.user_id for each in owners}) > 1:
            batch.refuse(row, "What the user signs in with belongs to different users.")
        elif owners[0].name != person.name and NAME not in (owners[0].name, person.name):
            batch.refuse(row, f"{person.identifiers[0][1]} belongs to a user with another name.")
        else:
            joined.append((row, owners[0]))
    await ids.assign(batch.scope, users, [row for row, _person in new], floor=floor)
    await _add(batch, new)
    for row, owner in joined:
        row.new_id = owner.user_id if owner.row is None else owner.row.new_id
    return [row for row, _owner in joined]


async def _held(batch: Batch, people: Sequence[Person]) -> dict[Identifier, _Held]:
    """Who has the identifiers."""
    by_kind: dict[CredentialKind, list[str]] = {}
    for person in people:
        for kind, identifier in person.identifiers:
            by_kind.setdefault(kind, []).append(identifier)
    found: dict[Identifier, _Held] = {}
    for kind, identifiers in by_kind.items():
        for start in range(0, len(identifiers), AT_ONCE):
            values = {"of_kind": kind, "keys": identifiers[start : start + AT_ONCE]}
            for row in await batch.scope.transaction.fetch(_HELD, values):
                found[kind, row.identifier] = _Held(row.name, user_id=row.user_id)
    return found


async def grant(batch: Batch, role: Role, user_ids: Sequence[int]) -> None:
    """Give users a role who may have it."""
    times = {"created_at": batch.now, "updated_at": batch.now}
    if user_ids:
        rows = [{"user_id": user_id, "role": role, **times} for user_id in dict.fromkeys(user_ids)]
        await batch.scope.transaction.insert_many(_ADD_ROLE, rows)


async def _add(batch: Batch, new: Sequence[tuple[Row, Person]]) -> None:
    times = {"created_at": batch.now, "updated_at": batch.now}
    await batch.add(users, [{"id": row.new_id, **_columns(person)} for row, person in new])
    await batch.add(
        credentials,
        [
            {"user_id": row.new_id, "kind": kind, "identifier": identifier, **times}
            for row, person in new
            for kind, identifier in person.identifiers
        ],
    )
    await batch.add(
        roles, [{"user_id": row.new_id, "role": role, **times} for row, person in new for role in person.roles]
    )


def _columns(person: Person) -> Mapping[str, Any]:
    return {
        "name": person.name,
        "class_name": person.class_name,
        "major": person.major,
        "password_hash": person.password_hash,
        "has_initial_password": person.has_initial_password,
        "must_change_password": person.has_initial_password,
        "password_expires_at": None,
        "last_active_at": None,
        "disabled_at": person.disabled_at,
        "pursues_postgraduate": person.pursues_postgraduate,
        "pursues_employment": person.pursues_employment,
        "language": None,
        "created_at": person.created_at,
        "updated_at": person.updated_at,
    }

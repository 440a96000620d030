"""Dictionaries: lists of choices for forms. Old clients refer to an entry by its number within its list."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from auth.permissions import Permission
from auth.policies import administrator
from models.errors import InvalidInput, NotFound
from models.reference import DictionaryEntry, DictionaryKind
from models.statements import insert_new, table_of
from resolvers import audit, checks
from resolvers.loaders import by_key
from resolvers.scope import Scope

PUBLISHED_NUMBERS = 1000
"""The numbers up to here belong to what the product itself publishes; administrators' entries come after them."""
MAX_CHOICES = 50
"""How many entries a form may choose of one list."""
MAX_NAME = 255
_MAX_NAMES = {DictionaryKind.WORK_POSITION: 16}
"""Where a form takes less: a resume has room for 16 characters."""

MANAGE = Permission(administrator)

_entries = table_of(DictionaryEntry)

by_id = by_key(select(_entries), _entries.c.id)
by_number = {
    kind: by_key(select(_entries).where(_entries.c.kind == kind), _entries.c.number) for kind in DictionaryKind
}
"""The entry of a list by its number, disabled or not."""
educations_by_key = by_key(select(_entries).where(_entries.c.kind == DictionaryKind.EDUCATION), _entries.c.key)
"""The entry of the list EDUCATION by its key, which is a text."""

_ALL = select(_entries).where(_entries.c.kind == bindparam("kind")).order_by(_entries.c.number)
_OFFERED = _ALL.where(_entries.c.enabled)
_CHOSEN = select(_entries.c.id, _entries.c.number, _entries.c.enabled).where(
    _entries.c.kind == bindparam("kind"), _entries.c.number.in_(bindparam("numbers", expanding=True))
)
_LAST_NUMBER = select(func.coalesce(func.max(_entries.c.number), 0)).where(_entries.c.kind == bindparam("kind"))
_ADD = insert_new(DictionaryEntry, unique=["kind", "number"]).returning(_entries)
_tracked = audit.Tracked(_entries, "kind", "number", "name", "enabled")
_HELD = (
    select(_entries)
    .where(_entries.c.kind == bindparam("of_kind"), _entries.c.number == bindparam("of_number"))
    .with_for_update()
)
_CHANGE = (
    update(_entries)
    .where(_entries.c.kind == bindparam("of_kind"), _entries.c.number == bindparam("of_number"))
    .values(
        name=func.coalesce(bindparam("new_name"), _entries.c.name),
        enabled=func.coalesce(bindparam("new_state"), _entries.c.enabled),
        updated_at=bindparam("now"),
    )
    .returning(_entries)
)


async def unknown(
    scope: Scope, kind: DictionaryKind, numbers: Sequence[int], *, held: Collection[int] = ()
) -> list[int]:
    """Those of the numbers that the list does not offer, and that are not among those `held` already."""
    if not numbers:
        return []
    found = {row.number for row in await scope.fetch(_CHOSEN, {"kind": kind, "numbers": list(numbers)}) if row.enabled}
    return [number for number in numbers if number not in found and number not in held]


async def entries(scope: Scope, *, kind: DictionaryKind, include_disabled: bool = False) -> Sequence[Row[Any]]:
    """The entries of a list, by number; the disabled ones only where they are asked for."""
    return await scope.fetch(_ALL if include_disabled else _OFFERED, {"kind": kind})


async def choose(
    scope: Scope, kind: DictionaryKind, numbers: Sequence[int], field: str, *, held: Collection[int] = ()
) -> list[int]:
    """The row ids behind the numbers that a form sends in `field`, in the order sent.

    Raises InvalidInput for none, a repeated one, an unknown one, and a disabled one unless its row id is
    among those `held` already.
    """
    if not numbers:
        raise InvalidInput("{field} must not be empty.", field=field)
    if len(numbers) > MAX_CHOICES:
        raise InvalidInput("{field} must not hold more than {maximum} entries.", field=field, maximum=MAX_CHOICES)
    if len(set(numbers)) < len(numbers):
        raise InvalidInput("{field} must not repeat an entry.", field=field)
    found = {row.number: row for row in await scope.transaction.fetch(_CHOSEN, {"kind": kind, "numbers": numbers})}
    for number in numbers:
        row = found.get(number)
        if row is None or not (row.enabled or row.id in held):
            raise InvalidInput("{field}: {number} is not offered.", field=field, number=number)
    return [found[number].id for number in numbers]


async def choose_one(scope: Scope, kind: DictionaryKind, number: int, field: str, *, held: int | None = None) -> int:
    """`choose`, for a form field that takes one entry."""
    (entry_id,) = await choose(scope, kind, [number], field, held=() if held is None else (held,))
    return entry_id


async def save(
    scope: Scope, *, kind: DictionaryKind, number: int | None, name: str | None, enabled: bool | None
) -> Row[Any]:
    """Add an entry with the next number, or change the one of this number; None leaves what is there.

    A number never changes. Raises InvalidInput, or NotFound for an unknown number.
    """
    if name is not None or number is None:
        name = checks.text(name or "", "name", max_length=_MAX_NAMES.get(kind, MAX_NAME))
    held = None
    if number is None:
        row = await _add(scope, kind, name, enabled is not False)
    else:
        changes = {"of_kind": kind, "of_number": number, "new_name": name, "new_state": enabled, "now": scope.now}
        held = await scope.transaction.fetch_one(_HELD, {"of_kind": kind, "of_number": number})
        changed = await scope.transaction.fetch_one(_CHANGE, changes)
        if changed is None:
            raise NotFound(field="number")
        row = changed
    await audit.record(
        scope,
        action="save_dictionary_entry",
        subject_type="DictionaryEntry",
        subject_id=row.id,
        details=audit.texts(row, ("name", "enabled")),
        **_tracked.changes(held, row),
    )
    return row


async def _add(scope: Scope, kind: DictionaryKind, name: str | None, enabled: bool) -> Row[Any]:
    while True:
        last = await scope.transaction.fetch_value(_LAST_NUMBER, {"kind": kind})
        added = await scope.transaction.fetch_one(
            _ADD,
            {
                "kind": kind,
                "number": max(last, PUBLISHED_NUMBERS) + 1,
                "name": name,
                "enabled": enabled,
                "created_at": scope.now,
                "updated_at": scope.now,
            },
        )
        if added is not None:  # otherwise somebody else took the number meanwhile
            return added

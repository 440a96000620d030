"""The chain of audit events: appending to it, and verifying it.

The events of a transaction are added right before its commit, so that writers wait for each other only that long,
and nobody who holds the head of the chain waits for anything else.
"""

import hmac
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, bindparam, delete, func, insert, or_, select, update

from auth.seals import Seals
from models.audit import AuditEvent, AuditHead
from models.db import Database, Transaction
from models.reference import Setting, SettingName
from models.statements import insert_new, table_of

PAGE = 1000
"""So many events are read at a time."""
_SEALED = ("number", "actor_id", "action", "subject_type", "subject_id", "details", "before", "after")
_events, _heads, _settings = map(table_of, (AuditEvent, AuditHead, Setting))
_ADD = insert(_events)
# On PostgreSQL this waits for whoever adds to the chain, until they are committed; SQLite has one writer.
_HELD = select(_heads.c.number, _heads.c.hash).with_for_update()
_HEAD = select(_heads.c.number, _heads.c.hash)
_UNSEALED = select(_events).where(_events.c.number.is_(None)).order_by(_events.c.id).limit(PAGE)
_CHAIN_OLD = (
    update(_events)
    .where(_events.c.id == bindparam("of_event"))
    .values(number=bindparam("as_number"), previous_hash=bindparam("previous"), hash=bindparam("sealed"))
)
_MOVE_HEAD = update(_heads).values(number=bindparam("as_number"), hash=bindparam("sealed"))
_PAGE = select(_events).where(_events.c.number > bindparam("number")).order_by(_events.c.number).limit(PAGE)
_START = select(_settings.c.value).where(_settings.c.name == SettingName.AUDIT_START)
_BEGIN_AT = insert_new(Setting, unique=["name"]).values(name=SettingName.AUDIT_START)
_MOVE_START = (
    update(_settings)
    .where(_settings.c.name == SettingName.AUDIT_START, _settings.c.value == bindparam("present"))
    .values(value=bindparam("value"), updated_at=bindparam("updated_at"))
)
_DELETE = delete(_events).where(_events.c.number <= bindparam("last"))
_OUTSIDE = select(func.count()).where(
    or_(_events.c.number.is_(None), and_(_events.c.number > 0, _events.c.number <= bindparam("start")))
)


class TrailBroken(Exception):
    """The row that says where the chain ends is gone, so that nothing can be added: somebody took it away."""

    def __init__(self) -> None:
        super().__init__("Nothing says where the audit trail ends: its row in audit_heads is missing.")


class Head(NamedTuple):
    """Where a chain ends: the number of its last event, and that event's seal."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass
class Batch:
    """The events of one transaction, which are added right before its commit."""

    transaction: Transaction
    seals: Seals
    events: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self) -> None:
        """Add them: two statements, however many they are; a trigger moves the head."""
        if not self.events:
            return
        number, previous = await _held(self.transaction)
        for event in self.events:
            number += 1
            sealed = self.seals.seal(content({**event, "number": number}), previous)
            event.update(number=number, previous_hash=previous, hash=sealed)
            previous = sealed
        await self.transaction.execute_many(_ADD, self.events)


def batch_of(transaction: Transaction, seals: Seals) -> Batch:
    """Where the events of a transaction gather."""
    for work in transaction.before_commit:
        if isinstance(work, Batch):
            return work
    batch = Batch(transaction, seals)
    transaction.before_commit.append(batch)
    return batch


def content(event: Mapping[str, Any]) -> dict[str, Any]:
    """What is sealed of an event: all that the trail tells of it."""
    return {
        **{name: event[name] for name in _SEALED},
        "client": event["client"],
        "request_id": event["request_id"],
        "at": event["created_at"].astimezone(UTC).isoformat(timespec="microseconds"),
    }


async def head(database: Database) -> Head:
    """Where the chain ends. Raises TrailBroken when nothing says so."""
    return _as_head(await database.fetch(_HEAD))


async def _held(transaction: Transaction) -> Head:
    return _as_head(await transaction.fetch(_HELD))


def _as_head(rows: Sequence[Row[Any]]) -> Head:
    if len(rows) != 1:
        raise TrailBroken
    return Head(rows[0].number, rows[0].hash)


async def adopt(database: Database, seals: Seals) -> None:
    """Chain the events from before there was a chain, once; of several processes one does it.

    A chain that has begun adopts nothing: an event that somebody put beside it stays outside.
    """
    if (await head(database)).number or await database.fetch_one(_UNSEALED) is None:
        return
    async with database.transaction() as transaction:
        number, previous = await _held(transaction)
        if number:
            return
        while rows := await transaction.fetch(_UNSEALED):
            values = []
            for row in rows:
                number += 1
                sealed = seals.seal(content({**row._mapping, "number": number}), previous)
                values.append({"of_event": row.id, "as_number": number, "previous": previous, "sealed": sealed})
                previous = sealed
            await transaction.execute_many(_CHAIN_OLD, values)
        await transaction.execute(_MOVE_HEAD, {"as_number": number, "sealed": previous})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the trail found: where it ends, and a sentence for each fault."""

    head: Head
    faults: Sequence[str]


async def verify(database: Database, seals: Seals, *, expected: Head | None = None) -> Verdict:
    """Whether every event is as it was written, in its place, and none is missing or added.

    `expected` is a head that was kept elsewhere: the chain has to contain it.
    """
    faults = []
    end = await head(database)
    start, stored = await _start(database)
    if stored and not seals.is_intact(*_start_content(start), stored.rpartition(":")[2]):
        faults.append("The note of where the trail begins was changed, or was not written by the server.")
    last, before = start
    is_expected_there = expected is None or not expected.number or expected == start
    async for row in _rows(database, after=start.number):
        if row.number > last + 1:
            faults.append(_missing(last + 1, row.number - 1))
        elif row.previous_hash != before:
            faults.append(f"Event {row.number} does not follow the one before it: that one was changed or replaced.")
        if not _is_intact(row, seals):
            faults.append(f"Event {row.number} was changed, or was not written by the server.")
        if expected is not None and row.number == expected.number:
            is_expected_there = hmac.compare_digest(str(row.hash), expected.hash)
        last, before = row.number, row.hash
    # What was added meanwhile is beyond the head that was read first.
    now = await head(database)
    if last < end.number:
        faults.append(_missing(last + 1, end.number))
    elif last > now.number:
        faults.append(f"Events after {now.number}, where the chain ends, were added by somebody else.")
    elif last == now.number and before != now.hash:
        faults.append(f"Event {last} is not the one that the chain ends with.")
    if outside := await database.fetch_value(_OUTSIDE, {"start": start.number}):
        faults.append(f"{outside} events stand outside the chain: they were added by somebody else.")
    if not is_expected_there:
        is_too_old = expected is not None and expected.number <= start.number
        why = f"it begins after event {start.number}" if is_too_old else "its end was cut off or replaced"
        faults.append(f"The chain does not contain the expected head {expected}: {why}.")
    if await _start(database) != (start, stored):  # events were deleted meanwhile, which seemed to be missing
        return await verify(database, seals, expected=expected)
    return Verdict(end, faults)


async def delete_old(database: Database, seals: Seals, *, before: datetime, now: datetime) -> int:
    """Delete the oldest events, if they are older than `before`, a page at most, but never the last; how many.

    Where the trail begins from then on is noted with a seal, so that nobody else can shorten it. Several processes may
    do this at once.
    """
    start, stored = await _start(database)
    end = (await head(database)).number
    first = start
    for row in await database.fetch(_PAGE, {"number": start.number}):
        if row.number >= end or row.number != start.number + 1 or row.created_at >= before:
            break
        start = Head(row.number, row.hash)
    if start == first:
        return 0
    value = {"value": f"{start}:{seals.seal(*_start_content(start))}", "updated_at": now}
    async with database.transaction() as transaction:
        if stored:
            is_noted = await transaction.execute(_MOVE_START, {**value, "present": stored})
        else:
            is_noted = await transaction.execute(_BEGIN_AT, {**value, "created_at": now})
        return await transaction.execute(_DELETE, {"last": start.number}) if is_noted else 0


async def _start(database: Database) -> tuple[Head, str]:
    """The last event before the trail, and what says so: number, hash and seal, or "" where the trail is whole."""
    stored: str = await database.fetch_value(_START) or ""
    number, _, rest = stored.partition(":")
    return Head(int(number), rest.partition(":")[0]) if number.isdecimal() else Head(0, ""), stored


def _start_content(start: Head) -> tuple[dict[str, Any], str]:
    return {"begins_after": start.number}, start.hash


async def _rows(database: Database, *, after: int) -> AsyncIterator[Row[Any]]:
    number = after or -1
    while rows := await database.fetch(_PAGE, {"number": number}):
        for row in rows:
            yield row
        number = rows[-1].number


def _is_intact(row: Row[Any], seals: Seals) -> bool:
    is_genuine = seals.is_intact(content(dict(row._mapping)), str(row.previous_hash), str(row.hash))
    return is_genuine and row.updated_at == row.created_at


def _missing(first: int, last: int) -> str:
    return f"Event {first} is missing." if first == last else f"Events {first} to {last} are missing."

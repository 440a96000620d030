"""A batch: rows of one kind that are moved in together, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Table, bindparam, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as conflicting_insert

from models.errors import DomainError
from models.identity import User, UserAlias
from models.legacy import LegacyId
from models.statements import insert_new, table_of
from models.uploads import ImageFolder
from resolvers import totals
from resolvers.legacy import ids
from resolvers.legacy.kind import Kind
from resolvers.legacy.pictures import Pictures
from resolvers.legacy.values import Refused, instant, later, listed
from resolvers.scope import Scope

T = TypeVar("T")
References = dict[str, dict[str, int]]
"""What old ids of tables stand for, as far as batches asked."""
MAX_REMEMBERED = 200_000
"""The old ids of one table that are remembered: some 30 MB."""

_legacy, _users, _aliases = table_of(LegacyId), table_of(User), table_of(UserAlias)
_ADD_IDS = insert_new(LegacyId, unique=["kind", "old_id", "source"])
_KNOWN = select(_legacy.c.old_id).where(
    _legacy.c.kind == bindparam("of_kind"),
    _legacy.c.source == bindparam("of_source"),
    _legacy.c.old_id.in_(bindparam("keys", expanding=True)),
)
_ADD_ALIAS = insert_new(UserAlias, unique=["former_id"])


class Row:
    """A row of a predecessor: its number in its table, its old id and its fields, and why it is refused if reading it
    showed that; later the id that it has here.
    """

    __slots__ = ("fields", "new_id", "number", "old_id", "refused")

    def __init__(self, number: int, old_id: str, fields: dict[str, Any], refused: str | None = None) -> None:
        self.number, self.old_id, self.fields, self.refused = number, old_id, fields, refused
        self.new_id: int | None = None


class Refusal(NamedTuple):
    """A row, or a part of one, that was not moved in."""

    kind: str
    number: int
    old_id: str
    reason: str


class Batch:
    """The rows, what they refer to, and what became of them."""

    def __init__(
        self,
        scope: Scope,
        source: str,
        kind: Kind,
        zone: tzinfo,
        floor: int,
        references: References,
        pictures: Pictures,
    ) -> None:
        self.scope, self.source, self.kind, self.zone = scope, source, kind, zone
        self.pictures = pictures
        self.floor = floor
        self.rows: list[Row] = []
        self.counts: Counter[str] = Counter()
        self.refusals: list[Refusal] = []
        self._references = references

    @property
    def now(self) -> datetime:
        """The instant of the import."""
        return self.scope.now

    def refuse(self, row: Row, reason: str) -> None:
        """Leave a row out."""
        self.counts["refused"] += 1
        self.refusals.append(Refusal(self.kind.name, row.number, row.old_id, reason))

    def refuse_part(self, row: Row, part: str, reason: str) -> None:
        """Leave a part of a row out."""
        self.counts[f"{part} refused"] += 1
        self.refusals.append(Refusal(f"{self.kind.name}: {part}", row.number, row.old_id, reason))

    def times(self, row: Row) -> dict[str, Any]:
        """When a row was made and changed; where the predecessor does not know, now."""
        created, updated = later(
            instant(row.fields.get("created_at"), "created_at", self.zone),
            instant(row.fields.get("updated_at"), "updated_at", self.zone),
            self.now,
        )
        return {"created_at": created, "updated_at": updated}

    def converted(self, convert: Callable[[Row], T]) -> list[tuple[Row, T]]:
        """What the rows become; those that are refused are left out."""
        found = []
        for row in self.rows:
            if row.refused is not None:
                self.refuse(row, row.refused)
                continue
            try:
                found.append((row, convert(row)))
            except (Refused, DomainError) as refused:
                self.refuse(row, str(refused))
        return found

    def entries(self, row: Row, field: str, part: str) -> list[dict[str, Any]]:
        """The objects of a list that a field holds; what is none is refused as a part of the row."""
        try:
            found = listed(row.fields.get(field), field)
        except Refused as refused:
            self.refuse_part(row, part, str(refused))
            return []
        for each in found:
            if not isinstance(each, dict):
                self.refuse_part(row, part, f"{str(each)[:40]} is no object.")
        return [each for each in found if isinstance(each, dict)]

    async def look_up(self, keys: Mapping[Table, Iterable[str]]) -> None:
        """Find what old ids stand for that the rows name, and that no batch before found."""
        for table, named in keys.items():
            known = self._references.setdefault(table.name, {})
            missing = [key for key in named if key not in known]
            if len(known) + len(missing) > MAX_REMEMBERED:
                known.clear()
                missing = list(named)
            known.update(await current_ids(self.scope, self.source, table, missing))

    def reference(self, table: Table, old_id: str | None, what: str) -> int:
        """The id that an old id of a table stands for. Raises Refused where nothing was moved in under it.

        Fields that the kind `refers` by hold such ids.
        """
        found = None if old_id is None else self._references[table.name].get(old_id)
        if found is None:
            raise Refused(f"{what} is missing." if old_id is None else f"{what} {old_id} was not moved in.")
        return found

    async def assign(self, rows: Sequence[Row], table: Table) -> None:
        """Give rows that are new their ids: the old ones where they are free."""
        await ids.assign(self.scope, table, rows, floor=self.floor)

    async def move(self, table: Table, convert: Callable[[Row], dict[str, Any]], *, otherwise: str) -> None:
        """Insert what the rows become, with ids; those that a unique constraint keeps out are refused."""
        rows = self.converted(convert)
        await self.assign([row for row, _values in rows], table)
        await self.add_new(table, rows, otherwise=otherwise)

    async def add(self, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows, and count those of a table that has a total."""
        if values:
            await self.scope.transaction.execute_many(insert(table), values)
            if "id" in values[0]:
                await totals.count_restored(self.scope, table, [each["id"] for each in values])

    async def note(self, statement: Insert, values: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows by a statement that leaves out those that are there."""
        if values:
            await self.scope.transaction.execute_many(statement, values)

    async def picture(
        self, row: Row, part: str, folder: ImageFolder, owner_id: int, path: Any
    ) -> tuple[int, str] | None:
        """Keep a picture that a row names: the id of its upload and its path; one that is none is refused as a part."""
        try:
            stored = await self.pictures.store(self.scope, folder, owner_id, path)
        except Refused as refused:
            self.refuse_part(row, part, str(refused))
            return None
        self.counts[f"{part} imported"] += 1
        return stored

    async def add_new(self, table: Table, rows: Sequence[tuple[Row, dict[str, Any]]], *, otherwise: str) -> None:
        """Insert rows by their new ids, but those that a unique constraint keeps out: these are refused."""
        if not rows:
            return
        for row, values in rows:
            values["id"] = row.new_id
        await self.scope.transaction.execute_many(_add_new(table), [values for _row, values in rows])
        there = await ids.present(self.scope, table, [row.new_id for row, _values in rows if row.new_id is not None])
        for row, _values in rows:
            if row.new_id not in there:
                row.new_id = None
                self.refuse(row, otherwise)
        await totals.count_restored(self.scope, table, list(there))

    async def keep_ids(self, rows: Sequence[Row]) -> None:
        """Note what the rows became that have an id here, so that their old ids go on to stand for it."""
        moved = [row for row in rows if row.new_id is not None]
        same = [row.new_id for row in moved if row.old_id == str(row.new_id)]
        noted = {"of_source": self.source, "now": self.now}
        for start in range(0, len(same), ids.AT_ONCE):
            part = {"keys": same[start : start + ids.AT_ONCE]}
            await self.scope.transaction.execute(_keep_same(self.kind.table), {**noted, **part})
        times = {"created_at": self.now, "updated_at": self.now}
        other = [
            {"source": self.source, "kind": self.kind.table.name, "old_id": row.old_id, "new_id": row.new_id, **times}
            for row in moved
            if row.old_id != str(row.new_id)
        ]
        if other:
            await self.scope.transaction.execute_many(_ADD_IDS, other)

    async def join(self, rows: Sequence[Row]) -> None:
        """Let the ids of users who are somebody that is here already stand for that one, where they are free."""
        top = await ids.top(self.scope, _users)
        free = {
            number: row.new_id
            for row in rows
            if (number := ids.kept_number(row.old_id, self.floor)) is not None and number <= top
        }
        taken = await ids.present(self.scope, _users, list(free))
        times = {"created_at": self.now, "updated_at": self.now}
        aliases = [
            {"former_id": number, "user_id": user_id, **times}
            for number, user_id in free.items()
            if number not in taken
        ]
        if aliases:
            await self.scope.transaction.execute_many(_ADD_ALIAS, aliases)
        self.counts["joined"] += len(rows)


@cache
def _add_new(table: Table) -> Insert:
    return conflicting_insert(table).on_conflict_do_nothing()


@cache
def _keep_same(table: Table) -> Insert:
    """Notes rows that have the ids that they had, without a value for each of them."""
    columns = ["source", "kind", "old_id", "new_id", "created_at", "updated_at"]
    now: Any = bindparam("now", type_=_legacy.c.created_at.type)
    rows = select(
        bindparam("of_source", type_=_legacy.c.source.type),
        literal(table.name, _legacy.c.kind.type),
        cast(table.c.id, _legacy.c.old_id.type),
        table.c.id,
        now,
        now,
    ).where(table.c.id.in_(bindparam("keys", expanding=True)))
    inserted = conflicting_insert(_legacy).from_select(columns, rows)
    return inserted.on_conflict_do_nothing(index_elements=["kind", "old_id", "source"])


async def known(scope: Scope, source: str, table: Table, old_ids: Sequence[str]) -> set[str]:
    """Those of the old ids that were moved in before, whatever became of their rows."""
    reader = scope.services.database if scope.current_transaction is None else scope.current_transaction
    found: set[str] = set()
    for start in range(0, len(old_ids), ids.AT_ONCE):
        keys = old_ids[start : start + ids.AT_ONCE]
        rows = await reader.fetch(_KNOWN, {"of_source": source, "of_kind": table.name, "keys": keys})
        found.update(row.old_id for row in rows)
    return found


async def current_ids(scope: Scope, source: str, table: Table, old_ids: Iterable[str]) -> dict[str, int]:
    """What old ids stand for today, of those whose objects are there; merged users are who they are part of."""
    keys = list(dict.fromkeys(old_ids))
    if not keys:
        return {}
    statement = _current(table)
    reader = scope.services.database if scope.current_transaction is None else scope.current_transaction
    found: dict[str, int] = {}
    for start in range(0, len(keys), ids.AT_ONCE):
        part = keys[start : start + ids.AT_ONCE]
        rows = await reader.fetch(statement, {"of_source": source, "keys": part})
        found.update((row.old_id, row.id) for row in rows)
    return found


@cache
def _current(table: Table) -> Any:
    sources = _legacy.c.kind == table.name, _legacy.c.source == bindparam("of_source")
    named = _legacy.c.old_id.in_(bindparam("keys", expanding=True))
    if table is not _users:
        joined = _legacy.join(table, table.c.id == _legacy.c.new_id)
    else:
        today = func.coalesce(_aliases.c.user_id, _legacy.c.new_id)
        joined = _legacy.outerjoin(_aliases, _aliases.c.former_id == _legacy.c.new_id).join(table, table.c.id == today)
    return select(_legacy.c.old_id, table.c.id).select_from(joined).where(*sources, named)

"""A batch: rows of one kind that are moved in together, in one transaction."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Table, bindparam, cast, literal, select
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as conflicting_insert

from models.errors import DomainError
from models.identity import User, UserAlias
from models.legacy import LegacyId
from models.statements import insert_new, table_of
from models.uploads import ImageFolder
from resolvers import totals
from resolvers.legacy import ids
from resolvers.legacy.bound import VALUES, insert_into, insert_new_into, prepared_insert
from resolvers.legacy.kind import Kind
from resolvers.legacy.old_ids import current_ids
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
            await self.scope.transaction.insert_many(insert_into(table), values)
            if "id" in values[0]:
                await totals.count_restored(self.scope, table, [each["id"] for each in values])

    async def note(self, statement: Insert, values: Sequence[Mapping[str, Any]]) -> None:
        """Insert rows by a statement that leaves out those that are there."""
        if values:
            await self.scope.transaction.insert_many(statement, values)

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
        await self.scope.transaction.insert_many(insert_new_into(table), [values for _row, values in rows])
        await self._settle(table, [row for row, _values in rows], otherwise)

    async def move_bound(self, fill: Callable[[Row], Mapping[str, Any]], *, otherwise: str) -> None:
        """Insert rows that were bound where they were read, with their ids and the columns that the kind `fills`."""
        insert = prepared_insert(self.kind, self.scope.services.database.preparer)
        places = {name: place for place, name in enumerate(insert.names)}

        def filled(row: Row) -> Any:
            values = row.fields[VALUES]
            for name, value in fill(row).items():
                values[places[name]] = value
            return values

        found = self.converted(filled)
        rows = [row for row, _values in found]
        await self.assign(rows, self.kind.table)
        for row, values in found:
            values[places["id"]] = row.new_id
        if found:
            await self.scope.transaction.insert_bound(insert, [values for _row, values in found])
            await self._settle(self.kind.table, rows, otherwise)

    async def _settle(self, table: Table, rows: Sequence[Row], otherwise: str) -> None:
        """Refuse the rows that a unique constraint kept out, and count the others."""
        there = await ids.present(self.scope, table, [row.new_id for row in rows if row.new_id is not None])
        for row in rows:
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
            await self.scope.transaction.insert_many(_ADD_IDS, other)

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
            await self.scope.transaction.insert_many(_ADD_ALIAS, aliases)
        self.counts["joined"] += len(rows)


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

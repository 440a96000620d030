"""What is expected, as `expected/*.toml` says: who reads each field of each type, and of which objects.

An audience is words: the groups `anyone`, `signed_in`, `administrators`, `handlers`, `recruiters` and `teachers`,
and the relations that the type declares with statements of its own, `is.owner = "SELECT id, user_id FROM …"`. A
statement that selects ids alone makes everybody related to those objects.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import text

from models.db import Database
from schema.engine.fields import Hint
from tests.matrix.operations import node_types, object_type, value_types
from tests.matrix.people import ROLES, Caller

EXPECTED = Path(__file__).parent / "expected"
GROUPS = {"anyone", "signed_in", *ROLES}
KEYS = {"found_by", "rows", "is", "readers", "blank_unless", "entries", "arguments", "hints"}
SAMPLE = 2
"""How many objects are tried of those that the same people are related to in the same ways."""


@dataclass(frozen=True)
class TypeTable:
    """Who reads what of a type. `found_by` is who is given the object at all: others are shown null.

    `hints` are the fields that tell whether the caller may do something, each with the mutation that does it.
    """

    name: str
    file: str
    found_by: str = "anyone"
    rows: str | None = None
    relations: Mapping[str, str] = field(default_factory=dict)
    readers: Mapping[str, str] = field(default_factory=dict)
    blank_unless: Mapping[str, str] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def audiences(self) -> Iterator[str]:
        """All that it says about people, but for those of entries, which are of another type."""
        yield from (self.found_by, *self.readers.values(), *self.blank_unless.values())


def load(folder: Path = EXPECTED) -> dict[str, TypeTable]:
    """The tables of all types. What is wrong with them is raised as one error that says what to write where."""
    tables: dict[str, TypeTable] = {}
    wrong: list[str] = []
    for path in sorted(folder.glob("types_*.toml")):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in tables or set(entry) - KEYS:
                wrong.append(f"{path.name}: [{name}] is there twice or has unknown keys {sorted(set(entry) - KEYS)}.")
            tables[name] = _table(name, path.name, entry)
    wrong += [fault for name in ("Query", *node_types(), *value_types()) for fault in _faults(name, tables.get(name))]
    if wrong:
        raise AssertionError("\n".join(wrong))
    return tables


def _table(name: str, file: str, entry: Mapping[str, Any]) -> TypeTable:
    return TypeTable(
        name,
        file,
        found_by=entry.get("found_by", "anyone"),
        rows=entry.get("rows"),
        relations=entry.get("is", {}),
        readers=_by_field(entry.get("readers", {})),
        blank_unless=_by_field(entry.get("blank_unless", {})),
        entries=_by_field(entry.get("entries", {})),
        arguments=entry.get("arguments", {}),
        hints=entry.get("hints", {}),
    )


def _by_field(by_audience: Mapping[str, str]) -> dict[str, str]:
    return {name: audience for audience, names in by_audience.items() for name in names.split()}


def _faults(name: str, table: TypeTable | None) -> Iterator[str]:
    if table is None:
        yield f"{name} is not in the matrix: add a table [{name}] to one of tests/matrix/expected/types_*.toml."
        return
    fields, where = set(object_type(name).fields), f"[{name}] of tests/matrix/expected/{table.file}"
    for missing in sorted(fields - set(table.readers)):
        yield (
            f"{name}.{missing} is not in the matrix: say who may read it, as a name in "
            f'readers."<audience>" under {where}.'
        )
    hints = {
        hint
        for hint, declared in object_type(name).fields.items()
        if isinstance(declared.extensions["strawberry-definition"], Hint)
    }
    for hint in sorted(hints ^ set(table.hints)):
        yield f"Which mutation is {name}.{hint} about? Declare hints.{hint} for each hint, and no other, under {where}."
    for unknown in sorted({*table.readers, *table.blank_unless, *table.entries} - fields):
        yield f"{name}.{unknown} is no field of the graph: take it out of {where}."
    words = {word for audience in table.audiences for word in audience.split()}
    if name in node_types():
        for word in sorted(words - GROUPS - set(table.relations)):
            yield f"Who is {word!r}? Declare is.{word} under {where}."
        if table.rows is None and "owner" not in table.relations:
            yield f"Which objects are there? Declare rows or is.owner under {where}."


@dataclass(frozen=True)
class Objects:
    """The objects of a type: their ids, and who is what to each. None among people is everybody."""

    ids: tuple[int, ...]
    related: Mapping[str, Mapping[int, frozenset[int | None]]]

    def admits(self, audience: str, caller: Caller, id_: int | None) -> bool:
        """Whether the caller belongs to an audience, for one of the objects."""
        return any(caller.belongs_to(word) or self._is(word, caller, id_) for word in audience.split())

    def _is(self, word: str, caller: Caller, id_: int | None) -> bool:
        if id_ is None:
            return False
        people = self.related.get(word, {}).get(id_, frozenset())
        return None in people or (caller.user_id is not None and caller.user_id in people)

    def sample(self) -> list[int]:
        """Some of the objects: of those to whom the same people are related, a few."""
        chosen: dict[Any, list[int]] = {}
        for id_ in self.ids:
            signature = frozenset((word, by_id.get(id_, frozenset())) for word, by_id in self.related.items())
            chosen.setdefault(signature, []).append(id_)
        return sorted(id_ for alike in chosen.values() for id_ in alike[:SAMPLE])


async def objects_of(database: Database, table: TypeTable) -> Objects:
    """The objects of a type, as they are now."""
    related: dict[str, dict[int, frozenset[int | None]]] = {}
    for word, statement in table.relations.items():
        by_id = related.setdefault(word, {})
        for row in await database.fetch(text(statement)):
            people: list[int | None] = list(row[1:])
            id_, found_people = row[0], frozenset(people or [None])
            if not people or people[0] is not None:
                by_id[id_] = by_id.get(id_, frozenset()) | found_people
    found = await database.fetch(text(table.rows)) if table.rows else [(id_,) for id_ in related["owner"]]
    return Objects(tuple(sorted(row[0] for row in found)), related)

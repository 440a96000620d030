"""What is expected of mutations, as `expected/mutations_*.toml` says: who may call each, and what it may write."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.matrix.changes import owner_column
from tests.matrix.operations import object_type
from tests.matrix.tables import EXPECTED

FILES = "mutations_*.toml"
_WITH = {"audit_events": "audit_heads"}
"""What is written wherever something else is: the end of the chain that an event is added to."""
KEYS = {"callers", "input", "of", "writes", "refused_writes", "refused_to_all", "uploads"}


@dataclass(frozen=True)
class MutationTable:
    """Who may call a mutation, with which input, and what it may write.

    `of` names the object that `callers` are related to: one of the world's ids. `writes` are tables, each with
    whose rows: `clock_ins:own` for the caller's, `:of` for those of the object's owner, and nothing for anybody's.
    With `uploads`, a file is sent with it: the input's `table`, or else a picture. `refused_writes` is what even a
    refused call leaves behind.
    `refused_to_all` says why nobody's call succeeds here.
    """

    name: str
    file: str
    callers: str
    input: Mapping[str, Any] | None
    of: str | None
    writes: frozenset[str]
    refused_writes: frozenset[str]
    refused_to_all: str | None
    uploads: bool


def mutation_tables(folder: Path = EXPECTED) -> dict[str, MutationTable]:
    """The tables of all mutations; one error says what is missing and where to write it."""
    tables: dict[str, MutationTable] = {}
    wrong = []
    for path in sorted(folder.glob(FILES)):
        for name, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if name in tables or set(entry) - KEYS:
                wrong.append(f"{path.name}: [{name}] is there twice or has unknown keys {sorted(set(entry) - KEYS)}.")
            tables[name] = MutationTable(
                name,
                path.name,
                entry["callers"],
                entry.get("input"),
                entry.get("of"),
                _tables(entry.get("writes", "")),
                _tables(entry.get("refused_writes", "")),
                entry.get("refused_to_all"),
                entry.get("uploads", False),
            )
    declared = set(object_type("Mutation").fields)
    wrong += [
        f"{name} is not in the matrix: say who may call it, with which input, and what it writes, "
        f"as a table [{name}] in one of tests/matrix/expected/{FILES}."
        for name in sorted(declared - set(tables))
    ]
    wrong += [f"{name} is no mutation: take it out of {tables[name].file}." for name in sorted(set(tables) - declared)]
    for table in tables.values():
        for entry in table.writes | table.refused_writes:
            name, _, whose = entry.partition(":")
            if whose not in {"", "own", "of"} or (whose and owner_column(name) is None):
                wrong.append(f"{table.file}: [{table.name}] {entry!r} is no table whose rows are somebody's.")
    if wrong:
        raise AssertionError("\n".join(wrong))
    return tables


def _tables(names: str) -> frozenset[str]:
    return frozenset(names.split()) | {also for name, also in _WITH.items() if name in names.split()}

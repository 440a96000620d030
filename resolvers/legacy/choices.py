"""Entries of the product's lists that a predecessor names by their numbers or by their names."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from models.reference import DictionaryEntry, DictionaryKind
from models.statements import table_of
from resolvers.legacy import values
from resolvers.legacy.batch import Batch
from resolvers.legacy.values import Refused

_dictionary = table_of(DictionaryEntry)
_OF_KIND = select(_dictionary.c.id, _dictionary.c.number, _dictionary.c.name).where(
    _dictionary.c.kind == bindparam("of_kind")
)


class Choice(NamedTuple):
    """An entry of a list."""

    id: int
    number: int


class Choices:
    """The entries of a list, by their numbers and by their names."""

    def __init__(self, found: Mapping[str, Choice]) -> None:
        self._found = found

    def one(self, value: Any, field: str) -> Choice:
        """The entry that a value names. Raises Refused."""
        found = self._found.get(str(value).strip())
        if found is None:
            raise Refused(f"{field}: {str(value)[:40]} is not in the list.")
        return found

    def some(self, value: Any, field: str) -> list[int]:
        """The ids of the entries that a list names, in JSON or with commas; raises Refused for one that is unknown."""
        return list(dict.fromkeys(self.one(each, field).id for each in values.texts(value, field, 255)))


async def of(batch: Batch, kind: DictionaryKind) -> Choices:
    """The entries of a list."""
    rows = await batch.scope.fetch(_OF_KIND, {"of_kind": kind})
    entries = [(row.name, Choice(row.id, row.number)) for row in rows]
    return Choices({**dict(entries), **{str(entry.number): entry for _name, entry in entries}})

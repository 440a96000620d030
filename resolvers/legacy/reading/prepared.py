"""Rows as they are moved in: fields by the mapping, old ids as they are looked up by, and what needs no database."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from itertools import islice
from typing import Any, NamedTuple

from models.errors import DomainError
from resolvers.legacy import values
from resolvers.legacy.mapping import KindMapping, SourceMapping
from resolvers.legacy.reading.rows import Broken, Source, Table
from resolvers.legacy.values import Refused

Prepared = tuple[str | None, dict[str, Any], str | None]
"""The old id of a row, its fields, and why it is refused if it is."""


class Part(NamedTuple):
    """Rows that follow one another, and how many bytes of their table were read with them."""

    rows: Sequence[Prepared]
    done: int


class Here:
    """Rows that are read in this process."""

    def __init__(self, source: Source, mapping: SourceMapping) -> None:
        self._source = source
        self._mapping = mapping

    def parts(self, mapped: KindMapping, *, skip: int, at_once: int) -> Iterator[Part]:
        """The rows of a kind, without the first `skip`. Raises UnreadableSource."""
        table = self._source.table(mapped.table)
        if table is not None:
            yield from _parts(table, mapped, self._mapping.zone, skip, at_once)


def _parts(table: Table, mapped: KindMapping, zone: tzinfo, skip: int, at_once: int) -> Iterator[Part]:
    read, prepare, refers = mapped.reader(), mapped.kind.prepare, tuple(mapped.kind.refers)

    def prepared(row: Any) -> Prepared:
        if row.__class__ is Broken:
            return "", {}, row.reason
        fields = read(row)
        old_id = values.key(fields["id"])
        keys = {name: values.key(fields.get(name)) for name in refers}
        reason = None
        if prepare is None:
            fields.update(keys)
        else:
            try:
                fields = {**prepare(fields, zone), **keys}
            except (Refused, DomainError) as refused:
                fields, reason = keys, str(refused)
        return old_id, fields, reason

    rows = map(prepared, table.rows(skip=skip))
    while part := list(islice(rows, at_once)):
        yield Part(part, table.done)

"""Rows as they are moved in: fields by the mapping, old ids as they are looked up by, and what needs no database."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from models.db.prepared import Preparer
from models.errors import DomainError
from resolvers.legacy import values
from resolvers.legacy.bound import VALUES, binder
from resolvers.legacy.mapping import KindMapping, SourceMapping
from resolvers.legacy.reading.rows import Broken, Source, Table, Values
from resolvers.legacy.values import Refused

Prepared = tuple[str | None, dict[str, Any], str | None]
"""The old id of a row, its fields, and why it is refused if it is."""


class Part(NamedTuple):
    """Rows that follow one another, and how many bytes of their table were read with them."""

    rows: Sequence[Prepared]
    done: int


class Here:
    """Rows that are read in this process."""

    def __init__(self, source: Source, mapping: SourceMapping, preparer: Preparer) -> None:
        self._source = source
        self._mapping = mapping
        self._preparer = preparer

    def parts(self, mapped: KindMapping, *, skip: int, at_once: int) -> Iterator[Part]:
        """The rows of a kind, without the first `skip`. Raises UnreadableSource."""
        table = self._source.table(mapped.table)
        if table is not None:
            yield from _parts(table, self._maker(mapped), skip, at_once)

    def _maker(self, mapped: KindMapping) -> Callable[[Values | Broken], Prepared]:
        """What makes rows of those of a table."""
        kind, zone, read = mapped.kind, self._mapping.zone, mapped.reader()
        prepare, refers, tells = kind.prepare, tuple(kind.refers), tuple(kind.tells)
        bind = binder(kind, self._preparer) if kind.fills else None

        def prepared(row: Values | Broken) -> Prepared:
            if isinstance(row, Broken):
                return "", {}, row.reason
            fields = read(row)
            old_id = values.key(fields["id"])
            keys: dict[str, Any] = {name: values.key(fields.get(name)) for name in refers}
            reason = None
            if prepare is None:
                fields.update(keys)
            else:
                try:
                    made = prepare(fields, zone)
                    fields = made if bind is None else {VALUES: bind(made), **{name: made[name] for name in tells}}
                    fields.update(keys)
                except (Refused, DomainError) as refused:
                    fields, reason = keys, str(refused)
            return old_id, fields, reason

        return prepared


def _parts(table: Table, make: Callable[[Values | Broken], Prepared], skip: int, at_once: int) -> Iterator[Part]:
    rows = map(make, table.rows(skip=skip))
    while part := list(islice(rows, at_once)):
        yield Part(part, table.done)

"""Verifying an import: the rows of the source beside those of the database that stand for them, and sums of both."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import bindparam, func, select

from resolvers.legacy import ids, values
from resolvers.legacy import progress as progressing
from resolvers.legacy.mapping import KindMapping, SourceMapping
from resolvers.legacy.old_ids import current_ids, known
from resolvers.legacy.reading.rows import Broken, Source, Table, Values
from resolvers.scope import Scope

_CENT = 0.005
"""Sums of numbers with fractions may differ by less."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A kind on both sides: the rows of the source, those that are here, those that were moved in and are gone since,
    as those of people who deleted their accounts, and those that were refused; and sums of the rows that are here, as
    they are there and here; None where the kind has nothing to sum up.
    """

    kind: str
    rows: int
    here: int
    gone: int
    refused: int
    sum_there: float | None
    sum_here: float | None

    @property
    def agrees(self) -> bool:
        """Whether every row is here, was here or was refused, and the sums are the same."""
        sums = self.sum_there is None or abs((self.sum_there or 0) - (self.sum_here or 0)) < _CENT
        return self.here + self.gone + self.refused == self.rows and sums


async def verify(scope: Scope, source: Source, mapping: SourceMapping) -> list[Verified]:
    """Each kind whose table the source has. Raises UnreadableSource."""
    noted = await progressing.before(scope, mapping.source)
    found = []
    for mapped in mapping.kinds:
        table = source.table(mapped.table)
        if table is not None:
            refused = noted[mapped.kind.name].counts.get("refused", 0) if mapped.kind.name in noted else 0
            found.append(await _verified(scope, mapping.source, mapped, table, refused))
    return found


async def _verified(scope: Scope, source: str, mapped: KindMapping, table: Table, refused: int) -> Verified:
    kind = mapped.kind
    rows = here = gone = 0
    there = summed = 0.0
    for part in _parts(mapped, table):
        rows += len(part)
        # What the source holds twice was refused the second time.
        amounts = {old_id: amount for old_id, amount in reversed(part) if old_id is not None}
        current = await current_ids(scope, source, kind.table, amounts)
        here += len(current)
        gone += len(await known(scope, source, kind.table, [old_id for old_id in amounts if old_id not in current]))
        if kind.total is not None and current:
            there += sum(amounts[old_id] for old_id in current)
            summed += await _sum(scope, kind.table.c[kind.total[1]], list(current.values()))
    has_sum = kind.total is not None
    return Verified(kind.name, rows, here, gone, refused, there if has_sum else None, summed if has_sum else None)


def _parts(mapped: KindMapping, table: Table) -> Iterator[Sequence[tuple[str | None, float]]]:
    """The old ids of rows, and what is summed up of each."""
    read = mapped.reader()
    total = mapped.kind.total

    def of(row: Values | Broken) -> tuple[str | None, float]:
        if isinstance(row, Broken):
            return None, 0
        fields = read(row)
        return values.key(fields["id"]), 0 if total is None else total[0](fields)

    rows = map(of, table.rows())
    while part := list(islice(rows, ids.AT_ONCE)):
        yield part


async def _sum(scope: Scope, column: Any, keys: Sequence[int]) -> float:
    statement = select(func.sum(column)).where(column.table.c.id.in_(bindparam("keys", expanding=True)))
    return float(await scope.fetch_value(statement, {"keys": keys}) or 0)

"""How far an import got, kept with the rows."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from models.legacy import LegacyProgress
from models.statements import table_of, upsert
from resolvers.legacy import ids
from resolvers.legacy.batch import Batch
from resolvers.legacy.kind import Kind
from resolvers.scope import Scope

_progress = table_of(LegacyProgress)
_OF = select(_progress).where(_progress.c.source == bindparam("of_source"))
_FORGET = delete(_progress).where(_progress.c.source == bindparam("of_source"))
_BEGIN = upsert(LegacyProgress, unique=["source", "kind"])
_CLAIM = (
    select(_progress.c.position, _progress.c.fingerprint)
    .where(_progress.c.source == bindparam("of_source"), _progress.c.kind == bindparam("of_kind"))
    .with_for_update()
)
_MOVE = (
    update(_progress)
    .where(_progress.c.source == bindparam("of_source"), _progress.c.kind == bindparam("of_kind"))
    .values(
        position=bindparam("up_to"),
        counts=bindparam("what"),
        report_bytes=bindparam("length"),
        updated_at=bindparam("now"),
    )
)
_FINISH = (
    update(_progress).where(_progress.c.source == bindparam("of_source")).values(finished_at=bindparam("finished"))
)


class Overtaken(Exception):
    """Another import of the source runs, or ran, since this one began."""


class Progress:
    """What happened to the rows of one kind so far."""

    def __init__(self, kind: str, fingerprint: str, floor: int, row: Row[Any] | None = None) -> None:
        self.kind = kind
        self.fingerprint = fingerprint
        self.floor = floor
        self.position: int = row.position if row is not None else 0
        self.counts = Counter(row.counts if row is not None else {})

    async def claim(self, batch: Batch) -> None:
        """Have the transaction of a batch be the only one that goes on from here. Raises Overtaken."""
        values = {"of_source": batch.source, "of_kind": self.kind}
        noted = await batch.scope.transaction.fetch_one(_CLAIM, values)
        if noted is None or (noted.position, noted.fingerprint) != (self.position, self.fingerprint):
            raise Overtaken(
                f"Another import of {batch.source} began after this one, which ends here. What was moved in stays."
            )

    async def add(self, batch: Batch, read: int, report_bytes: int) -> None:
        """Note a batch, in its transaction."""
        values = {
            "of_source": batch.source,
            "of_kind": self.kind,
            "up_to": self.position + read,
            "what": dict(self.counts + batch.counts),
            "length": report_bytes,
            "now": batch.now,
        }
        await batch.scope.transaction.execute(_MOVE, values)


async def before(scope: Scope, source: str) -> Mapping[str, Row[Any]]:
    """What is noted of a source, by kind."""
    return {row.kind: row for row in await scope.fetch(_OF, {"of_source": source})}


async def forget(scope: Scope, source: str) -> None:
    """Begin a source anew."""
    await scope.transaction.execute(_FORGET, {"of_source": source})


async def begin(scope: Scope, source: str, kind: Kind, fingerprint: str, report_bytes: int) -> Progress:
    """Begin a kind: ids that its table has given so far are not taken for others."""
    floor = await ids.top(scope, kind.table)
    values = {
        "source": source,
        "kind": kind.name,
        "fingerprint": fingerprint,
        "position": 0,
        "floor": floor,
        "counts": {},
        "report_bytes": report_bytes,
        "finished_at": None,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    await scope.transaction.execute(_BEGIN, values)
    return Progress(kind.name, fingerprint, floor)


async def finish(scope: Scope, source: str) -> None:
    """Note that all kinds of a source were moved in."""
    await scope.transaction.execute(_FINISH, {"of_source": source, "finished": scope.now})

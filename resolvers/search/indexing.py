"""Keeping the words of searched rows right: triggers mark rows, and this indexes them.

A transaction that wrote to a searched table indexes what it changed before its commit, so that its object is found at
once. What others wrote, or was there before the index, a background task indexes in batches.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import Insert, insert

from models.db import Database, Transaction, watch
from models.folding import fold, tokens_of_text
from models.search import SearchPending
from models.statements import table_of
from resolvers.search.sources import SEARCHED, WATCHED, SearchKind, Texts
from watching.meanwhile import meanwhile
from watching.work import run_as

BATCH = 500
"""The rows that are indexed together."""
MAX_BATCHES = 20
"""How many of them a transaction indexes; the rest is left to the background task."""
INTERVAL_SECONDS = 15
"""How often it is looked for what others wrote."""
log = structlog.get_logger()

_pending = table_of(SearchPending)
_CLAIM = {
    is_backlog: delete(_pending)
    .where(
        _pending.c.id.in_(
            select(_pending.c.id)
            .where(_pending.c.is_backlog.is_(is_backlog))
            .order_by(_pending.c.id.desc())
            .limit(bindparam("at_once"))
            .with_for_update(skip_locked=True)
        )
    )
    .returning(_pending.c.id, _pending.c.kind, _pending.c.row_id)
    for is_backlog in (False, True)
}
"""Takes the newest rows: those that the transaction itself marked come first."""
_IS_PENDING = select(_pending.c.id).limit(1)
_FORGET = {
    kind: delete(each.words).where(each.words.c.id.in_(bindparam("keys", expanding=True)))
    for kind, each in SEARCHED.items()
}


def _save(words: Table) -> Insert:
    """Writes the words of an object, unless somebody wrote those of a later change meanwhile."""
    statement = insert(words)
    values = {column.name: statement.excluded[column.name] for column in words.columns if column.name not in _KEPT}
    later = statement.excluded.mark >= words.c.mark
    return statement.on_conflict_do_update(index_elements=["id"], set_=values, where=later)


_KEPT = frozenset({"id", "created_at"})
_SAVE = {kind: _save(each.words) for kind, each in SEARCHED.items()}


async def index_written(transaction: Transaction) -> None:
    """Index what the transaction marked, and what others left behind, if it is not too much."""
    for _ in range(MAX_BATCHES):
        if await index(transaction, is_backlog=False) < BATCH:
            return


async def index(transaction: Transaction, *, is_backlog: bool, at_once: int = BATCH) -> int:
    """Index some of what is marked; how many marks there were."""
    claimed = await transaction.fetch(_CLAIM[is_backlog], {"at_once": at_once})
    marks: dict[SearchKind, dict[int, int]] = {}
    for row in claimed:
        of_kind = marks.setdefault(SearchKind(row.kind), {})
        of_kind[row.row_id] = max(row.id, of_kind.get(row.row_id, 0))
    for kind, of_kind in marks.items():
        texts = await SEARCHED[kind].texts(transaction, list(of_kind))
        if texts:
            rows = [_indexed(found, key, of_kind[key]) for key, found in texts.items()]
            await transaction.insert_many(_SAVE[kind], rows)
        if len(texts) < len(of_kind):
            await transaction.execute(_FORGET[kind], {"keys": list(of_kind.keys() - texts.keys())})
    return len(claimed)


def _indexed(texts: Texts, key: int, mark: int) -> dict[str, Any]:
    """The row of an object's words."""
    now = datetime.now(UTC)
    folded = {field: "\n".join(filter(None, map(fold, found))) for field, found in texts.items()}
    words = sorted(set().union(*map(tokens_of_text, folded.values())))
    return {"id": key, "created_at": now, "updated_at": now, "mark": mark, "words": words, **folded}


async def index_all(database: Database) -> None:
    """Index what is marked, the newest first, a batch in a transaction; several processes may do this at once."""
    for is_backlog in (False, True):
        count = BATCH
        while count == BATCH:
            async with database.transaction() as transaction:
                count = await index(transaction, is_backlog=is_backlog)


@asynccontextmanager
async def indexing(database: Database) -> AsyncIterator[None]:
    """While the block runs, index what nobody else did."""
    async with meanwhile(_run(database)):
        yield


async def _run(database: Database) -> None:
    run_as("search_index")
    while True:
        try:
            if await database.fetch_value(_IS_PENDING) is not None:
                await index_all(database)
        except Exception:
            log.exception("indexing_failed")
        await asyncio.sleep(INTERVAL_SECONDS)


for _table in WATCHED:
    watch(_table, index_written)

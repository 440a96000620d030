"""The queue of matching: the feeds and resumes that changed.

A task is written in the transaction of the change, and taken away once the recommendations that follow from
it are written, so that a process that dies loses nothing.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert as upserting

from auth.messages import Backlog
from models.db import Reader, Transaction
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import MatchingTask
from resolvers.scope import Scope

TOPIC = "matching"
"""The topic on which whoever matches hears that there is work."""
FEEDS_AT_ONCE = 20
MAX_BACKLOG = 10_000
"""The tasks that are counted for the metrics."""


class TaskKind(StrEnum):
    """What changed."""

    FEED = "feed"
    RESUME = "resume"


_tasks = table_of(MatchingTask)
_resumes = table_of(Resume)
_feeds = table_of(Feed)


def _changed_again(statement: Any) -> Any:
    return statement.on_conflict_do_update(
        index_elements=["kind", "subject_id"],
        set_={"version": _tasks.c.version + 1, "updated_at": statement.excluded.updated_at},
    )


_ADD = _changed_again(upserting(_tasks))
_COLUMNS = ["kind", "subject_id", "version", "created_at", "updated_at"]


def _for_each(kind: TaskKind, subject: Any, condition: Any) -> Any:
    now: Any = bindparam("now", type_=_tasks.c.created_at.type)
    selected = select(literal(kind), subject, literal(1), now, now).where(condition)
    return _changed_again(upserting(_tasks).from_select(_COLUMNS, selected))


_ADD_RESUME_OF_USER = _for_each(TaskKind.RESUME, _resumes.c.id, _resumes.c.user_id == bindparam("of_user"))
_ADD_FEEDS_OF_PACKAGE = _for_each(
    TaskKind.FEED, _feeds.c.id, and_(_feeds.c.package_id == bindparam("of_package"), _feeds.c.deleted_at.is_(None))
)
_ADD_EVERY_FEED = _for_each(TaskKind.FEED, _feeds.c.id, _feeds.c.deleted_at.is_(None))
_DUE = select(_tasks).where(_tasks.c.kind == bindparam("kind")).order_by(_tasks.c.id).limit(bindparam("size"))
_DUE_FEEDS = (
    select(_tasks, _feeds.c.calculated_at)
    .outerjoin(_feeds, _feeds.c.id == _tasks.c.subject_id)
    .where(_tasks.c.kind == TaskKind.FEED)
    .order_by(_feeds.c.calculated_at.is_not(None), _tasks.c.id)
    .limit(FEEDS_AT_ONCE)
)
_DUE_NEW_FEEDS = _DUE_FEEDS.where(_feeds.c.calculated_at.is_(None))
_DONE = delete(_tasks).where(_tasks.c.id == bindparam("task_id"), _tasks.c.version == bindparam("seen"))
_ANY = select(exists().where(_tasks.c.id > 0))
_oldest = select(_tasks.c.created_at).order_by(_tasks.c.id).limit(MAX_BACKLOG)
_BACKLOG = select(func.count().label("length"), func.min(_oldest.subquery().c.created_at).label("oldest_at"))
_COUNT = select(func.count()).where(_tasks.c.kind == bindparam("kind"))

waits_for_feed = exists().where(_tasks.c.kind == TaskKind.FEED, _tasks.c.subject_id == _feeds.c.id)
"""Whether a task of a row of `feeds` waits, as a condition of statements."""


async def feed_changed(scope: Scope, feed_id: int) -> None:
    """Have the recommendations of a feed computed once the transaction is committed."""
    await feeds_changed(scope, [feed_id])


async def feeds_changed(scope: Scope, feed_ids: Sequence[int]) -> None:
    """The same for several."""
    await _add(scope, TaskKind.FEED, feed_ids)


async def resume_changed(scope: Scope, resume_id: int) -> None:
    """Have a resume matched with all feeds once the transaction is committed."""
    await resumes_changed(scope, [resume_id])


async def resumes_changed(scope: Scope, resume_ids: Sequence[int]) -> None:
    """The same for several."""
    await _add(scope, TaskKind.RESUME, resume_ids)


async def resume_of_user_changed(scope: Scope, user_id: int) -> None:
    """The same for the resume of a user, if there is one."""
    await scope.transaction.execute(_ADD_RESUME_OF_USER, {"of_user": user_id, "now": scope.now})
    scope.publish(TOPIC, user_id)


async def feeds_of_package_changed(scope: Scope, package_id: int) -> None:
    """Have the recommendations of a package's feeds computed once the transaction is committed."""
    await scope.transaction.execute(_ADD_FEEDS_OF_PACKAGE, {"of_package": package_id, "now": scope.now})
    scope.publish(TOPIC, package_id)


async def every_feed_changed(transaction: Transaction, now: Any) -> None:
    """Have the recommendations of all feeds computed."""
    await transaction.execute(_ADD_EVERY_FEED, {"now": now})


async def are_waiting(scope: Scope) -> bool:
    """Whether there is any task."""
    return bool(await scope.fetch_value(_ANY))


async def due(scope: Scope, kind: TaskKind, *, size: int) -> Sequence[Row[Any]]:
    """The oldest tasks of a kind."""
    return await scope.fetch(_DUE, {"kind": kind, "size": size})


async def due_feeds(scope: Scope, *, only_new: bool) -> Sequence[Row[Any]]:
    """The tasks of the feeds that come next: those never computed come first."""
    return await scope.fetch(_DUE_NEW_FEEDS if only_new else _DUE_FEEDS)


async def count(scope: Scope, kind: TaskKind) -> int:
    """How many tasks of a kind wait."""
    return int(await scope.fetch_value(_COUNT, {"kind": kind}))


async def backlog(reader: Reader) -> Backlog:
    """How many tasks wait, up to `MAX_BACKLOG`, and since when the oldest of them does."""
    (found,) = await reader.fetch(_BACKLOG)
    return Backlog(found.length, found.oldest_at)


async def finish(transaction: Transaction, tasks: Sequence[Row[Any]]) -> None:
    """Take tasks away; those whose subject changed again meanwhile stay."""
    for task in tasks:
        await transaction.execute(_DONE, {"task_id": task.id, "seen": task.version})


async def _add(scope: Scope, kind: TaskKind, subject_ids: Sequence[int]) -> None:
    task = {"kind": kind, "version": 1, "created_at": scope.now, "updated_at": scope.now}
    await scope.transaction.execute_many(_ADD, [{"subject_id": subject_id, **task} for subject_id in subject_ids])
    scope.publish(TOPIC, subject_ids[0])

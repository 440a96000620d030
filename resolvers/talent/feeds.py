"""Feeds: recruiters create, view and delete them. Only their recruiter sees them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, func, insert, null, select, update

from auth.permissions import Permission
from auth.policies import owner
from models.errors import LimitReached, NotFound, NotRestorable, QuotaExhausted
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recruiters import Package
from models.trash import DeletedKind
from resolvers.loaders import FilteredPages, by_key
from resolvers.orders import FeedOrder
from resolvers.ranges import days, one_of
from resolvers.scope import Scope
from resolvers.talent import feed_form, packages, tasks
from resolvers.talent.feed_form import FeedDraft
from resolvers.talent.matches import IDLE
from resolvers.trash import items
from resolvers.trash.kinds import MarkedKind, Values

_feeds = table_of(Feed)
_packages = table_of(Package)

_is_calculated = and_(_feeds.c.calculated_at.is_not(None), ~tasks.waits_for_feed).label("is_calculated")
_own = (
    select(_feeds, _packages.c.expires_at.label("ends_at"), _is_calculated)
    .select_from(_feeds.outerjoin(_packages, _packages.c.id == _feeds.c.package_id))
    .where(_feeds.c.user_id == bindparam("viewer_id"))
)
_query = _own.where(_feeds.c.deleted_at.is_(None))

by_id = by_key(_query, _feeds.c.id)
deleted_or_not_by_id = by_key(_own, _feeds.c.id)
of_users = FilteredPages(
    _query,
    _feeds.c.user_id,
    _feeds.c.id,
    FeedOrder,
    {
        "categories": one_of(_feeds.c.category, "categories"),
        "accepts_partners": _feeds.c.accepts_partners == bindparam("accepts_partners"),
        **days(_feeds.c.created_at, "created"),
    },
)

CHANGE = Permission(owner, reads=("deleted_at",), holds=lambda row: row.deleted_at is None)
"""Who may change, view and delete a feed."""
_this = and_(
    _feeds.c.id == bindparam("of_feed"), _feeds.c.user_id == bindparam("of_user"), _feeds.c.deleted_at.is_(None)
)
_FORM = (
    "title",
    "job_description",
    "skill_required",
    "salary_min",
    "salary_max",
    "keywords",
    "areas",
    "welfare",
    "levels",
    "company_preferences",
    "domains",
    "company_domains",
    "category",
    "accepts_partners",
)
_ONE = _query.where(_feeds.c.id == bindparam("of_feed"))
_HELD = select(_feeds).where(_this).with_for_update()
_ADD = insert(_feeds).returning(_feeds.c.id)
_CHANGE = (
    update(_feeds)
    .where(_this)
    .values(
        **{name: bindparam(f"new_{name}") for name in _FORM},
        viewed_at=bindparam("now"),
        updated_at=bindparam("now"),
    )
)
_begun_at: Any = bindparam("begun_at", type_=_feeds.c.listed_at.type)
_VIEW = (
    update(_feeds)
    .where(_this)
    .values(viewed_at=bindparam("now"), listed_at=func.coalesce(_begun_at, _feeds.c.listed_at))
)
_DELETE = (
    update(_feeds)
    .where(_this)
    .values(deleted_at=bindparam("now"), updated_at=bindparam("now"))
    .returning(_feeds.c.package_id, _feeds.c.title)
)
_RESTORE = (
    update(_feeds)
    .where(_feeds.c.id == bindparam("of_feed"), _feeds.c.deleted_at.is_not(None))
    .values(
        deleted_at=null(), package_id=bindparam("new_package"), viewed_at=bindparam("now"), updated_at=bindparam("now")
    )
)


async def create(scope: Scope, draft: FeedDraft) -> Row[Any]:
    """A new feed of the caller, at the expense of a package. Raises InvalidForm or QuotaExhausted."""
    values = await feed_form.checked(scope, draft)
    package_id = await packages.take_feed(scope)
    feed_id: int = await scope.transaction.fetch_value(
        _ADD,
        {
            "user_id": scope.viewer_id,
            "package_id": package_id,
            **values,
            "viewed_at": scope.now,
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )
    await tasks.feed_changed(scope, feed_id)
    return await _load(scope, feed_id)


async def change(scope: Scope, draft: FeedDraft, *, feed_id: int) -> Row[Any]:
    """Replace what a feed of the caller says. Raises NotFound or InvalidForm."""
    held = await _held(scope, feed_id)
    values = await feed_form.checked(scope, draft, held=held)
    changes = {f"new_{name}": value for name, value in values.items()}
    await scope.transaction.execute(_CHANGE, {**_identity(scope, feed_id), **changes, "now": scope.now})
    await tasks.feed_changed(scope, feed_id)
    return await _load(scope, feed_id)


async def view(scope: Scope, *, feed_id: int, begins_list: bool = False) -> Row[Any]:
    """Note that the caller looks at a feed of theirs; with `begins_list`, at the first page of the numbered ones.

    What was not matched while nobody looked is made up for. Raises NotFound.
    """
    held = await _held(scope, feed_id)
    begun_at = scope.now if begins_list else None
    await scope.transaction.execute(_VIEW, {**_identity(scope, feed_id), "begun_at": begun_at, "now": scope.now})
    if is_idle(held.viewed_at, now=scope.now):
        await tasks.feed_changed(scope, feed_id)
    return await _load(scope, feed_id)


async def delete(scope: Scope, *, feed_id: int) -> Row[Any]:
    """Delete a feed of the caller, whose place in the package is free again. The deleted item. Raises NotFound."""
    row = await scope.transaction.fetch_one(_DELETE, {**_identity(scope, feed_id), "now": scope.now})
    if row is None:
        raise _no_feed()
    if row.package_id is not None:
        await packages.give_back_feed(scope, row.package_id)
    return await items.put_away(scope, FEEDS, feed_id, owner_id=scope.viewer_id, title=row.title)


async def _restored(scope: Scope, row: Values) -> None:
    try:
        package_id = await packages.take_feed(scope)
    except QuotaExhausted as error:
        raise LimitReached(error.message) from None
    changes = {"of_feed": row["id"], "new_package": package_id, "now": scope.now}
    if not await scope.transaction.execute(_RESTORE, changes):
        raise NotRestorable
    await tasks.feed_changed(scope, row["id"])


FEEDS = MarkedKind(DeletedKind.FEED, Feed, "Feed", restored=_restored)
"""Watch lists go on to refer to it. Restored, it takes a place of a package again."""


def is_idle(viewed_at: datetime, *, now: datetime) -> bool:
    """Whether a feed was not viewed for so long that it is not matched."""
    return now - viewed_at >= IDLE


def has_ended(ends_at: datetime | None, *, now: datetime) -> bool:
    """Whether the package of a feed is over, or gone."""
    return ends_at is None or ends_at <= now


def _identity(scope: Scope, feed_id: int) -> dict[str, Any]:
    return {"of_feed": feed_id, "of_user": scope.viewer_id}


async def _held(scope: Scope, feed_id: int) -> Row[Any]:
    row = await scope.transaction.fetch_one(_HELD, _identity(scope, feed_id))
    if row is None:
        raise _no_feed()
    return row


async def _load(scope: Scope, feed_id: int) -> Row[Any]:
    return (await scope.transaction.fetch(_ONE, {"of_feed": feed_id, "viewer_id": scope.viewer_id}))[0]


def _no_feed() -> NotFound:
    return NotFound("There is no such feed, or it is somebody else's.", field="feed_id")

"""Stores the results of matching as recommendations, and keeps the recruiter's actions on them."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation, ResumeProfile
from models.talent.recruiters import Package
from resolvers.matching.documents import Hint, Match, Reason, Told
from resolvers.scope import Scope

KEPT = 500
"""The recommendations that a feed has: the best."""
IDLE = timedelta(days=7)
"""After so long without being viewed, a feed is matched no more until it is."""
MAX_ANNOUNCED = 20
"""The new recommendations of a feed that its recruiter's subscriptions are told of at a time: the best."""

_feeds = table_of(Feed)
_packages = table_of(Package)
_recommendations = table_of(Recommendation)
_profiles = table_of(ResumeProfile)

_ACTIVE = (
    select(_feeds.c.id, _feeds.c.loosening_hints)
    .join(_packages, _packages.c.id == _feeds.c.package_id)
    .where(
        _feeds.c.deleted_at.is_(None),
        _feeds.c.viewed_at > bindparam("viewed_after"),
        _packages.c.expires_at > bindparam("now"),
    )
)
_present = select(_recommendations.c.id, _recommendations.c.feed_id, _recommendations.c.resume_id)
_OF_FEED = _present.where(_recommendations.c.feed_id == bindparam("of_feed"))
_OF_RESUMES = _present.where(_recommendations.c.resume_id.in_(bindparam("resumes", expanding=True)))
_NEW = insert(_recommendations)
_SCORED = ("score", "title_score", "reasons", "keywords", "calculated_at")
_OLDER = frozenset({"component", "points", "max", "evidence", "missing"})
_SAVE = _NEW.on_conflict_do_update(
    index_elements=["feed_id", "resume_id"],
    set_={name: _NEW.excluded[name] for name in (*_SCORED, "is_current", "updated_at")},
)
_OUTDATE = (
    update(_recommendations)
    .where(_recommendations.c.id.in_(bindparam("keys", expanding=True)), _recommendations.c.is_current)
    .values(is_current=False, updated_at=bindparam("now"))
)
_handed_in = (
    select(_recommendations.c.id, _recommendations.c.feed_id, _profiles.c.content)
    .join(_profiles, _profiles.c.resume_id == _recommendations.c.resume_id)
    .where(or_(_recommendations.c.sent, _recommendations.c.by_partner), ~_recommendations.c.is_current)
)
_HANDED_IN_FOR_FEED = _handed_in.where(_recommendations.c.feed_id == bindparam("of_feed"))
_HANDED_IN_OF_RESUMES = _handed_in.where(_recommendations.c.resume_id.in_(bindparam("resumes", expanding=True)))
_SCORE = (
    update(_recommendations)
    .where(_recommendations.c.id == bindparam("of_row"))
    .values({name: bindparam(f"new_{name}") for name in _SCORED})
)
_hints: Any = bindparam("hints", type_=_feeds.c.loosening_hints.type)
_HINT = update(_feeds).where(_feeds.c.id == bindparam("of_feed")).values(loosening_hints=_hints)
_now_at: Any = bindparam("now", type_=_feeds.c.calculated_at.type)
_CALCULATED = _HINT.values(calculated_at=func.coalesce(_feeds.c.calculated_at, _now_at))
_rank = func.row_number().over(partition_by=_recommendations.c.feed_id, order_by=_recommendations.c.score.desc())
_ranked = (
    select(_recommendations.c.feed_id, _recommendations.c.score, _rank.label("place"))
    .where(_recommendations.c.feed_id.in_(bindparam("feeds", expanding=True)), _recommendations.c.is_current)
    .subquery()
)
_FLOORS = select(_ranked.c.feed_id, _ranked.c.score).where(_ranked.c.place == KEPT)
_ADDED = (
    select(_recommendations.c.id, _recommendations.c.feed_id, _recommendations.c.resume_id, _feeds.c.user_id)
    .join(_feeds, _feeds.c.id == _recommendations.c.feed_id)
    .where(
        _recommendations.c.feed_id.in_(bindparam("feeds", expanding=True)),
        _recommendations.c.resume_id.in_(bindparam("resumes", expanding=True)),
    )
)


def topic_of_recruiter(user_id: int) -> str:
    """The topic of new recommendations for a recruiter; the number is the recommendation's id."""
    return f"recommendations:{user_id}"


def topic_of_feed(feed_id: int) -> str:
    """The topic of new recommendations of one feed; the number is the recommendation's id."""
    return f"recommendations-of-feed:{feed_id}"


def tell(scope: Scope, *, user_id: int, feed_id: int, recommendation_id: int) -> None:
    """Tell a recruiter of a new recommendation once the transaction is committed."""
    scope.publish(topic_of_recruiter(user_id), recommendation_id)
    scope.publish(topic_of_feed(feed_id), recommendation_id)


async def active_feeds(scope: Scope) -> Sequence[Row[Any]]:
    """The feeds that new resumes are matched with: neither deleted nor idle, their package not over."""
    return await scope.fetch(_ACTIVE, {"viewed_after": scope.now - IDLE, "now": scope.now})


async def replace_of_feed(scope: Scope, feed_id: int, found: Sequence[Match], hints: Sequence[Hint] | None) -> None:
    """Write the recommendations of a feed; those that fit no more stay as rows that are not current."""
    present = {row.resume_id: row.id for row in await scope.transaction.fetch(_OF_FEED, {"of_feed": feed_id})}
    _now(scope)
    fitting = {match.resume_id for match in found}
    await _outdate(scope, [row_id for resume_id, row_id in present.items() if resume_id not in fitting])
    await _save(scope, found, present={(feed_id, resume_id) for resume_id in present})
    values = {"of_feed": feed_id, "hints": _told(hints), "now": scope.now}
    await scope.transaction.execute(_CALCULATED, values)


async def hint(scope: Scope, feed_id: int, hints: Sequence[Hint] | None) -> None:
    """Write what a feed could do without."""
    await scope.transaction.execute(_HINT, {"of_feed": feed_id, "hints": _told(hints)})


def _told(hints: Sequence[Hint] | None) -> list[dict[str, Any]] | None:
    return None if hints is None else [asdict(each) for each in hints]


async def replace_of_resumes(
    scope: Scope, resume_ids: Sequence[int], feed_ids: Sequence[int], found: Sequence[Match]
) -> None:
    """Write what was found for some resumes among some feeds. A feed that is full takes only what beats its last."""
    rows = await scope.transaction.fetch(_OF_RESUMES, {"resumes": list(resume_ids)})
    _now(scope)
    present = {(row.feed_id, row.resume_id): row.id for row in rows if row.feed_id in set(feed_ids)}
    floors = await _floors(scope, {match.feed_id for match in found})
    kept = [
        match
        for match in found
        if (match.feed_id, match.resume_id) in present or match.score > floors.get(match.feed_id, 0)
    ]
    fitting = {(match.feed_id, match.resume_id) for match in kept}
    await _outdate(scope, [row_id for pair, row_id in present.items() if pair not in fitting])
    await _save(scope, kept, present=set(present))


async def handed_in_for_feed(scope: Scope, feed_id: int) -> Sequence[Row[Any]]:
    """What was handed in for a feed and does not fit: the ids, and the profiles of the resumes."""
    return await scope.transaction.fetch(_HANDED_IN_FOR_FEED, {"of_feed": feed_id})


async def handed_in_of_resumes(scope: Scope, resume_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """What was handed in of some resumes and does not fit: the ids, and the profiles of the resumes."""
    return await scope.transaction.fetch(_HANDED_IN_OF_RESUMES, {"resumes": list(resume_ids)})


async def score(scope: Scope, found: Mapping[int, Match]) -> None:
    """Write the scores of recommendations that are shown though they do not fit, by their ids."""
    if found:
        rows = [(row_id, _row(scope, match)) for row_id, match in found.items()]
        values = [{"of_row": row_id, **{f"new_{name}": row[name] for name in _SCORED}} for row_id, row in rows]
        await scope.transaction.execute_many(_SCORE, values)


def _now(scope: Scope) -> None:
    """What is written is first shown now, when the transaction runs, and not when the computing began.

    A list that was begun meanwhile would find it among its own rows otherwise.
    """
    scope.now = scope.services.clock()


async def _floors(scope: Scope, feed_ids: Collection[int]) -> dict[int, int]:
    if not feed_ids:
        return {}
    rows = await scope.transaction.fetch(_FLOORS, {"feeds": list(feed_ids)})
    return {row.feed_id: row.score for row in rows}


async def _outdate(scope: Scope, row_ids: Sequence[int]) -> None:
    if row_ids:
        await scope.transaction.execute(_OUTDATE, {"keys": list(row_ids), "now": scope.now})


async def _save(scope: Scope, found: Sequence[Match], *, present: Collection[tuple[int, int]]) -> None:
    if not found:
        return
    # Hundreds take a tenth of a second, in which this process also serves requests.
    rows = await asyncio.to_thread(lambda: [_row(scope, match) for match in found])
    await scope.transaction.execute_many(_SAVE, rows)
    new = [match for match in found if (match.feed_id, match.resume_id) not in present]
    for feed_id, announced in _best(new).items():
        added = await scope.transaction.fetch(_ADDED, {"feeds": [feed_id], "resumes": announced})
        for row in added:
            tell(scope, user_id=row.user_id, feed_id=row.feed_id, recommendation_id=row.id)


def _best(found: Iterable[Match]) -> dict[int, list[int]]:
    """The resumes to tell of, by feed."""
    by_feed: dict[int, list[int]] = {}
    for match in sorted(found, key=lambda match: match.score, reverse=True):
        resumes = by_feed.setdefault(match.feed_id, [])
        if len(resumes) < MAX_ANNOUNCED:
            resumes.append(match.resume_id)
    return by_feed


def stored(reason: Reason) -> dict[str, Any]:
    """A reason as it is stored; what older versions did not write is left out where it is empty."""
    return {
        name: _entries(value) if isinstance(value, tuple) else value
        for name, value in zip(Reason._fields, reason, strict=True)
        if value or name in _OLDER
    }


def _entries(told: Iterable[Told]) -> list[Any]:
    return [each if isinstance(each, str) else {"kind": each.kind, "values": each.values} for each in told]


def _row(scope: Scope, match: Match) -> dict[str, Any]:
    return {
        "feed_id": match.feed_id,
        "resume_id": match.resume_id,
        "score": match.score,
        "title_score": match.title_score,
        "reasons": [stored(reason) for reason in match.reasons],
        "keywords": list(match.keywords),
        "is_current": True,
        "displayed_at": scope.now,
        "calculated_at": scope.now,
        "sent": False,
        "by_partner": False,
        "created_at": scope.now,
        "updated_at": scope.now,
    }

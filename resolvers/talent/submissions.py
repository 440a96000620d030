"""Resumes that people hand in for a feed: their owners, or the talent partners who know them."""

from typing import Any

from sqlalchemy import Row, bindparam, case, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from models.errors import InvalidInput, NotFound
from models.language import Message
from models.notifications import NotificationKind
from models.signing.resumes import Resume, ResumeVisibility
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation
from resolvers import audit, notifications
from resolvers.scope import Scope
from resolvers.signing import resumes
from resolvers.signing.visibility import resume_is_visible
from resolvers.talent import matches, tasks
from resolvers.talent.candidates import is_public

_rows = table_of(Recommendation)
_feeds = table_of(Feed)
_resumes = table_of(Resume)

_FEED = (
    select(_feeds).where(_feeds.c.id == bindparam("of_feed"), _feeds.c.deleted_at.is_(None)).with_for_update(read=True)
)
_KNOWN = select(_resumes.c.id).where(
    _resumes.c.id == bindparam("of_resume"),
    _resumes.c.user_id != bindparam("viewer_id"),
    resume_is_visible,
    is_public,
)
_was_shown = or_(_rows.c.is_current, _rows.c.sent, _rows.c.by_partner, _rows.c.mark.is_not(None))


def _hand_in(column: str) -> Any:
    statement = insert(_rows)
    return statement.on_conflict_do_update(
        index_elements=["feed_id", "resume_id"],
        set_={
            column: True,
            "displayed_at": case((_was_shown, _rows.c.displayed_at), else_=statement.excluded.displayed_at),
            "updated_at": statement.excluded.updated_at,
        },
        where=~_rows.c[column],
    ).returning(_rows.c.id)


_TAKE_BACK = (
    update(_rows)
    .where(
        _rows.c.feed_id == bindparam("of_feed"),
        _rows.c.sent,
        exists().where(_resumes.c.id == _rows.c.resume_id, _resumes.c.user_id == bindparam("viewer_id")),
    )
    .values(sent=False, updated_at=bindparam("now"))
    .returning(_rows.c.resume_id)
)
_HAND_IN = {column: _hand_in(column) for column in ("sent", "by_partner")}
"""What gives no row where the resume was handed in like this before."""
_HANDED_IN = select(_rows.c.id).where(
    _rows.c.feed_id == bindparam("of_feed"), _rows.c.resume_id == bindparam("of_resume")
)
_TOLD = {
    "sent": (NotificationKind.RESUME_SENT, Message("Candidates sent their resumes for your feed “{title}”.")),
    "by_partner": (
        NotificationKind.RESUME_RECOMMENDED,
        Message("Talent partners recommended resumes for your feed “{title}”."),
    ),
}


async def send(scope: Scope, *, feed_id: int) -> None:
    """Hand the caller's resume in for a feed, whose recruiter is recommended it. Raises NotFound or InvalidInput."""
    resume = await resumes.own(scope)
    if resume.visibility != ResumeVisibility.PUBLIC:
        raise InvalidInput("Recruiters may not see your resume: make it public first.", field="")
    await _add(scope, "sent", await _feed(scope, feed_id), resume.id)


async def take_back(scope: Scope, *, feed_id: int) -> None:
    """Take the caller's resume back from a feed. It stays recommended where it fits, or the recruiter acted on it.

    Raises NotFound.
    """
    taken = {"of_feed": feed_id, "viewer_id": scope.viewer_id, "now": scope.now}
    resume_id: int | None = await scope.transaction.fetch_value(_TAKE_BACK, taken)
    if resume_id is None:
        raise NotFound("You have not sent your resume for such a feed.", field="feed_id")
    await tasks.resume_changed(scope, resume_id)


async def recommend(scope: Scope, *, feed_id: int, resume_id: int) -> None:
    """Recommend a public resume that was handed to the caller for a feed that accepts that; audited.

    Raises NotFound or InvalidInput.
    """
    feed = await _feed(scope, feed_id)
    if not feed.accepts_partners:
        raise InvalidInput("This feed accepts no recommendations by talent partners.", field="feed_id")
    known = {"of_resume": resume_id, "viewer_id": scope.viewer_id}
    if await scope.transaction.fetch_value(_KNOWN, known) is None:
        raise NotFound("There is no such resume, or you may not recommend it.", field="resume_id")
    recommendation_id = await _add(scope, "by_partner", feed, resume_id)
    await audit.record(
        scope,
        action="recommend_resume",
        subject_type="Recommendation",
        subject_id=recommendation_id,
        details={"feed": str(feed.id), "resume": str(resume_id)},
    )


async def _feed(scope: Scope, feed_id: int) -> Row[Any]:
    row = await scope.transaction.fetch_one(_FEED, {"of_feed": feed_id})
    if row is None:
        raise NotFound("There is no such feed.", field="feed_id")
    return row


async def _add(scope: Scope, column: str, feed: Row[Any], resume_id: int) -> int:
    """Hand a resume in, once in each way; the recruiter is told, but not when, which would name the candidate."""
    added: int | None = await scope.transaction.fetch_value(
        _HAND_IN[column],
        {
            "feed_id": feed.id,
            "resume_id": resume_id,
            "score": 0,
            "title_score": 0,
            "reasons": [],
            "keywords": [],
            "is_current": False,
            "displayed_at": scope.now,
            "calculated_at": scope.now,
            "sent": column == "sent",
            "by_partner": column == "by_partner",
            "created_at": scope.now,
            "updated_at": scope.now,
        },
    )
    if added is None:
        this = {"of_feed": feed.id, "of_resume": resume_id}
        recommendation_id: int = await scope.transaction.fetch_value(_HANDED_IN, this)
    else:
        recommendation_id = added
        kind, text = _TOLD[column]
        await notifications.notify_of_another(
            scope,
            user_id=feed.user_id,
            kind=kind,
            text=text.filled(title=feed.title),
            subject_type="Feed",
            subject_id=feed.id,
            hides_time=True,
        )
    await tasks.resume_changed(scope, resume_id)
    matches.tell(scope, user_id=feed.user_id, feed_id=feed.id, recommendation_id=recommendation_id)
    return recommendation_id

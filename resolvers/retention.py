"""How long rows are kept: one rule a table, and the walk that deletes what is over.

A walk reads pages in the order of the ids, so that it needs no index, and remembers where it was: a sweep looks at a
bounded number of rows and the next one goes on from there. A page is deleted in one transaction.
"""

from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy import ColumnElement, Table, and_, bindparam, case, delete, exists, func, or_, select

from models.identity import ClientRequest, Session, VerificationCode
from models.messages import MessageStatus, OutgoingMessage
from models.notifications import Notification
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import (
    AcquiredContact,
    Recommendation,
    RecommendationComment,
    RecommendationMark,
    WatchedResume,
)
from models.trash import DeletedItem
from resolvers import trail, uploads
from resolvers.scope import Scope, Services
from resolvers.signing import purge

PAGE = 1000
PAGES = 20
"""The pages of each table that one sweep looks at."""
DELETED = Counter("retention_deleted_total", "Rows that were deleted because their time was over.", ["table"])

log = structlog.get_logger()
_before: Any = bindparam("before")
_feeds = table_of(Feed)


class Rule:
    """When a row of a table is over; `kind` names the setting `retention_KIND_days`, and `before` is that long ago."""

    def __init__(self, kind: str, model: type, is_over: ColumnElement[bool]) -> None:
        table: Table = table_of(model)
        self.kind, self.table = kind, table
        page = select(table.c.id).where(table.c.id > bindparam("after")).order_by(table.c.id).limit(PAGE).subquery()
        self.look = select(
            func.count().label("seen"),
            func.max(table.c.id).label("last"),
            func.count(case((is_over, 1))).label("over"),
        ).where(table.c.id.in_(select(page.c.id)))
        self.delete = delete(table).where(table.c.id > bindparam("after"), table.c.id <= bindparam("last"), is_over)


def _stale_recommendation() -> ColumnElement[bool]:
    """A resume that does not fit the feed any more, and about which nobody did anything."""
    row, acquired, watched = map(table_of, (Recommendation, AcquiredContact, WatchedResume))
    marks, comments = table_of(RecommendationMark), table_of(RecommendationComment)
    of_recruiter = select(_feeds.c.user_id).where(_feeds.c.id == row.c.feed_id).correlate(row).scalar_subquery()
    return and_(
        ~row.c.is_current,
        row.c.updated_at < _before,
        row.c.mark.is_(None),
        row.c.hidden_at.is_(None),
        ~row.c.sent,
        ~row.c.by_partner,
        ~exists().where(marks.c.recommendation_id == row.c.id),
        ~exists().where(comments.c.recommendation_id == row.c.id),
        ~exists().where(watched.c.feed_id == row.c.feed_id, watched.c.resume_id == row.c.resume_id),
        ~exists().where(acquired.c.resume_id == row.c.resume_id, acquired.c.user_id == of_recruiter),
    )


def _rules() -> tuple[Rule, ...]:
    codes, messages, sessions = map(table_of, (VerificationCode, OutgoingMessage, Session))
    is_finished = messages.c.status.in_([MessageStatus.SENT, MessageStatus.FAILED])
    return (
        Rule("codes", VerificationCode, codes.c.expires_at < _before),
        Rule("messages", OutgoingMessage, and_(is_finished, messages.c.updated_at < _before)),
        Rule("notifications", Notification, table_of(Notification).c.created_at < _before),
        Rule("client_requests", ClientRequest, table_of(ClientRequest).c.created_at < _before),
        Rule("sessions", Session, or_(sessions.c.expires_at < _before, sessions.c.revoked_at < _before)),
        Rule("deleted", DeletedItem, table_of(DeletedItem).c.created_at < _before),
        Rule("recommendations", Recommendation, _stale_recommendation()),
    )


RULES = _rules()
"""Audit events have none: each seals the one before it, so that they go in their order (`trail.delete_old`)."""


Walks = dict[str, int]
"""Where the walk through each table is: the id of the last row that was looked at."""


async def delete_what_is_over(services: Services, walks: Walks) -> None:
    """Delete rows, and unclaimed images with their files, whose time is over. Several processes may do this at once."""
    deleted = {rule.table.name: await _swept(services, rule, walks) for rule in RULES}
    deleted["audit_events"] = await _delete_audit_events(services)
    deleted["resumes"] = await purge.purge_deleted(services)
    deleted["uploads"] = await uploads.forget_unclaimed(Scope(services, now=services.clock()))
    counted = {name: count for name, count in deleted.items() if count}
    for name, count in counted.items():
        DELETED.labels(name).inc(count)
    if counted:
        log.info("retention", **counted)


async def _delete_audit_events(services: Services) -> int:
    term, now = services.kept_for("audit"), services.clock()
    return await trail.delete_old(services.database, services.seals, before=now - term, now=now) if term else 0


async def _swept(services: Services, rule: Rule, walks: Walks) -> int:
    before = services.clock() - services.kept_for(rule.kind)
    name, deleted = rule.table.name, 0
    for _ in range(PAGES):
        after = walks.get(name, 0)
        page = await services.database.fetch_one(rule.look, {"after": after, "before": before})
        if page is not None and page.over:
            async with services.database.transaction() as transaction:
                values = {"after": after, "last": page.last, "before": before}
                deleted += await transaction.execute(rule.delete, values)
        if page is None or page.seen < PAGE:
            walks[name] = 0
            return deleted
        walks[name] = page.last
    return deleted

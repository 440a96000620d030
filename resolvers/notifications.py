"""Notifications, in the product and through the channels that a user has confirmed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from models.errors import ChannelUnavailable, InvalidInput, NotFound
from models.identity import CredentialKind
from models.language import Message
from models.notifications import Notification, NotificationKind
from models.statements import table_of
from resolvers import languages, messages
from resolvers.identity import credentials, users
from resolvers.loaders import CountBatch, by_key, pages_by_foreign_key
from resolvers.orders import NotificationOrder
from resolvers.scope import Scope

MAX_MARKED = 100
MAX_TEXT = 500
"""The longest text of a notification."""
EMAIL_LIFETIME = timedelta(days=1)

_SUBJECTS = {
    NotificationKind.SIGN_APPLICATION_SUBMITTED: Message("A sign application waits for you"),
    NotificationKind.SIGN_APPLICATION_APPROVED: Message("Your sign application was approved"),
    NotificationKind.SIGN_APPLICATION_REJECTED: Message("Your sign application was rejected"),
    NotificationKind.SIGN_APPLICATION_CANCELLED: Message("A sign application was cancelled"),
    NotificationKind.CONTRACT_SIGNED: Message("A contract was signed"),
    NotificationKind.STAFF_APPLICATION_APPROVED: Message("You belong to the attendance staff"),
    NotificationKind.STAFF_APPLICATION_REJECTED: Message("Your registration as attendance staff was rejected"),
    NotificationKind.COMPANY_MEMBERSHIP_APPROVED: Message("You speak for your company now"),
    NotificationKind.COMPANY_MEMBERSHIP_REJECTED: Message("Your request to speak for a company was rejected"),
    NotificationKind.RECRUITER_APPROVED: Message("Your trial package opens contacts now"),
    NotificationKind.CONTACT_ACQUIRED: Message("A recruiter acquired your contact"),
}

_notifications = table_of(Notification)
_is_unread = _notifications.c.read_at.is_(None)
_query = select(_notifications)

by_id = by_key(_query, _notifications.c.id)
of_users, count_of_users = pages_by_foreign_key(
    _query, _notifications.c.user_id, _notifications.c.id, NotificationOrder
)

_ADD = insert(_notifications).returning(_notifications.c.id)
_UNREAD = (
    select(_notifications.c.user_id, func.count().label("unread"))
    .where(_notifications.c.user_id.in_(bindparam("keys", expanding=True)), _is_unread)
    .group_by(_notifications.c.user_id)
)
_own = _notifications.c.user_id == bindparam("of_user")
_named = _notifications.c.id.in_(bindparam("ids", expanding=True))
_OWN = select(_notifications.c.id).where(_own, _named)
_read: dict[str, Any] = {"read_at": bindparam("now"), "updated_at": bindparam("now")}
_MARK = update(_notifications).where(_own, _named, _is_unread).values(_read)
_MARK_ALL = update(_notifications).where(_own, _is_unread).values(_read)


def topic_of(user_id: int) -> str:
    """The topic of the events that tell of a user's new notifications, by their ids."""
    return f"notifications:{user_id}"


async def notify(
    scope: Scope, *, user_id: int, kind: NotificationKind, text: Message, subject_type: str, subject_id: int
) -> None:
    """Tell a user something in their language, in the operation's transaction, about an object of the graph.

    Once that is committed, who listens hears of it, and it goes to the e-mail address that the user confirmed.
    """
    language = await languages.of_reader(scope, user_id)
    values = {
        "user_id": user_id,
        "kind": kind,
        "text": text.said(language)[:MAX_TEXT],
        "subject_type": subject_type,
        "subject_id": subject_id,
        "read_at": None,
        "created_at": scope.now,
        "updated_at": scope.now,
    }
    notification_id: int = await scope.transaction.fetch_value(_ADD, values)
    scope.publish(topic_of(user_id), notification_id)
    await _send(scope, user_id, _SUBJECTS[kind], text)


async def _send(scope: Scope, user_id: int, subject: Message, text: Message) -> None:
    """By e-mail, where there is a channel and a confirmed address; short messages carry codes only."""
    try:
        scope.services.messages.check_channel(CredentialKind.EMAIL)
    except ChannelUnavailable:
        return
    for address in (await credentials.held(scope.transaction, user_id, CredentialKind.EMAIL))[:1]:
        await messages.post(
            scope,
            kind=CredentialKind.EMAIL,
            address=address,
            reader=user_id,
            subject=subject,
            text=text,
            lifetime=EMAIL_LIFETIME,
        )


async def mark_read(scope: Scope, *, ids: Sequence[int] | None) -> Row[Any]:
    """Mark the caller's notifications as read: these, or all. Returns the row of the user.

    Raises NotFound, and marks nothing, if one of them is not the caller's, and InvalidInput for too many.
    """
    if ids is not None and len(ids) > MAX_MARKED:
        raise InvalidInput("At most {maximum} at a time.", field="notification_ids", maximum=MAX_MARKED)
    parameters = {"of_user": scope.viewer_id, "now": scope.now}
    if ids is None:
        await scope.transaction.execute(_MARK_ALL, parameters)
    else:
        distinct = sorted(set(ids))
        named = {"of_user": scope.viewer_id, "ids": distinct}
        if len(await scope.transaction.fetch(_OWN, named)) < len(distinct):
            raise NotFound(field="notification_ids")
        await scope.transaction.execute(_MARK, {**named, "now": scope.now})
    return await users.load_user(scope, scope.viewer_id)


async def _count_unread(scope: Scope, keys: Sequence[int]) -> Sequence[int]:
    found = {row.user_id: row.unread for row in await scope.fetch(_UNREAD, {"keys": list(keys)})}
    return [found.get(key, 0) for key in keys]


unread_of_users: CountBatch = _count_unread

"""Notifications, in the product and through the channels that a user has confirmed.

Nobody is told of what they did themselves. What can happen to one object any number of times, such as comments on a
post, makes one row that counts until it is read: a reader has as many unread rows as they have objects, and is sent no
e-mail about it.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, bindparam, case, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from models.errors import ChannelUnavailable, InvalidInput, NotFound
from models.identity import CredentialKind, User
from models.language import Language, Message
from models.notifications import Notification, NotificationKind
from models.statements import table_of
from resolvers import languages, messages
from resolvers.identity import credentials, users
from resolvers.loaders import CountBatch, by_key
from resolvers.orders import NotificationOrder
from resolvers.paging import Listing
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
    NotificationKind.CERTIFICATION_APPROVED: Message("Your certification was approved"),
    NotificationKind.CERTIFICATION_REJECTED: Message("Your certification was rejected"),
}
"""The subjects of the e-mails; the other kinds are told in the product alone."""

_notifications = table_of(Notification)
_is_unread = _notifications.c.read_at.is_(None)
_query = select(_notifications)

by_id = by_key(_query, _notifications.c.id)
listing = Listing(
    _query,
    _notifications.c.id,
    newest_first=True,
    orders=NotificationOrder,
    filters={"user_id": _notifications.c.user_id == bindparam("user_id"), "unread": _is_unread},
)

_ADD = insert(_notifications).returning(_notifications.c.id)
_ADD_ALL = insert(_notifications).returning(_notifications.c.id, sort_by_parameter_order=True)
_adding = insert_or_update(_notifications)
_COUNT = _adding.on_conflict_do_update(
    index_elements=["collecting_key"],
    set_={
        "occurrences": _notifications.c.occurrences + 1,
        "text": _adding.excluded.text,
        "updated_at": case(
            (_notifications.c.updated_at < _adding.excluded.updated_at, _adding.excluded.updated_at),
            else_=_notifications.c.updated_at,
        ),
    },
).returning(_notifications.c.id)
_users = table_of(User)
_LANGUAGES = select(_users.c.id, _users.c.language).where(_users.c.id.in_(bindparam("ids", expanding=True)))
_UNREAD = (
    select(_notifications.c.user_id, func.count().label("unread"))
    .where(_notifications.c.user_id.in_(bindparam("keys", expanding=True)), _is_unread)
    .group_by(_notifications.c.user_id)
)
_own = _notifications.c.user_id == bindparam("of_user")
_named = _notifications.c.id.in_(bindparam("ids", expanding=True))
_OWN = select(_notifications.c.id).where(_own, _named)
_read: dict[str, Any] = {"read_at": bindparam("now"), "updated_at": bindparam("now"), "collecting_key": None}
_unread: dict[str, Any] = {"read_at": None, "updated_at": bindparam("now")}
_MARK = update(_notifications).where(_own, _named, _is_unread).values(_read)
_MARK_ALL = update(_notifications).where(_own, _is_unread).values(_read)
_UNMARK = update(_notifications).where(_own, _named, ~_is_unread).values(_unread)
_UNMARK_ALL = update(_notifications).where(_own, ~_is_unread).values(_unread)


def topic_of(user_id: int) -> str:
    """The topic of the events that tell of a user's new notifications, by their ids."""
    return f"notifications:{user_id}"


async def notify(
    scope: Scope, *, user_id: int, kind: NotificationKind, text: Message, subject_type: str, subject_id: int
) -> None:
    """Tell a user something in their language, in the operation's transaction, about an object of the graph.

    Once that is committed, who listens hears of it, and it goes to the e-mail address that the user confirmed.
    """
    if user_id == scope.principal.user_id:
        return
    language = await languages.of_reader(scope, user_id)
    values = _values(scope, user_id, kind, text.said(language), subject_type, subject_id)
    notification_id: int = await scope.transaction.fetch_value(_ADD, values)
    scope.publish(topic_of(user_id), notification_id)
    if kind in _SUBJECTS:
        await _send(scope, user_id, _SUBJECTS[kind], text)


async def notify_of_another(
    scope: Scope,
    *,
    user_id: int,
    kind: NotificationKind,
    text: Message,
    subject_type: str,
    subject_id: int,
    hides_time: bool,
) -> None:
    """Tell a user that something happened to an object once more: the row that they did not read yet counts it.

    With `hides_time` the row tells no more of the time than its hour, and who did it stays hidden.
    """
    if user_id == scope.principal.user_id:
        return
    language = await languages.of_reader(scope, user_id)
    values = _values(scope, user_id, kind, text.said(language), subject_type, subject_id)
    if hides_time:
        values["created_at"] = values["updated_at"] = scope.now.replace(minute=0, second=0, microsecond=0)
    values["collecting_key"] = f"{kind}:{subject_id}"
    notification_id: int = await scope.transaction.fetch_value(_COUNT, values)
    scope.publish(topic_of(user_id), notification_id)


async def notify_all(
    scope: Scope, *, user_ids: Sequence[int], kind: NotificationKind, text: Message, subject_type: str, subject_id: int
) -> None:
    """Tell these users the same, in their languages, in the product alone; a bounded number at a time."""
    told = [user_id for user_id in user_ids if user_id != scope.principal.user_id]
    if not told:
        return
    chosen = {row.id: row.language for row in await scope.transaction.fetch(_LANGUAGES, {"ids": told})}
    said = {language: text.said(language) for language in Language}
    rows = [
        _values(
            scope,
            user_id,
            kind,
            said[scope.language if (language := chosen.get(user_id)) is None else Language(language)],
            subject_type,
            subject_id,
        )
        for user_id in told
    ]
    added = await scope.transaction.fetch_many(_ADD_ALL, rows)
    for user_id, row in zip(told, added, strict=True):
        scope.publish(topic_of(user_id), row.id)


def _values(
    scope: Scope, user_id: int, kind: NotificationKind, said: str, subject_type: str, subject_id: int
) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "kind": kind,
        "text": said[:MAX_TEXT],
        "subject_type": subject_type,
        "subject_id": subject_id,
        "read_at": None,
        "occurrences": 1,
        "collecting_key": None,
        "created_at": scope.now,
        "updated_at": scope.now,
    }


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


async def mark(scope: Scope, *, ids: Sequence[int] | None, is_read: bool) -> Row[Any]:
    """Mark the caller's notifications as read or unread: these, or all. Returns the row of the user.

    What was read counts no more, also where it is marked as unread again. Raises NotFound, and marks nothing, if one
    of them is not the caller's, and InvalidInput for too many.
    """
    if ids is not None and len(ids) > MAX_MARKED:
        raise InvalidInput("At most {maximum} at a time.", field="notification_ids", maximum=MAX_MARKED)
    parameters = {"of_user": scope.viewer_id, "now": scope.now}
    if ids is None:
        await scope.transaction.execute(_MARK_ALL if is_read else _UNMARK_ALL, parameters)
    else:
        distinct = sorted(set(ids))
        named = {"of_user": scope.viewer_id, "ids": distinct}
        if len(await scope.transaction.fetch(_OWN, named)) < len(distinct):
            raise NotFound(field="notification_ids")
        await scope.transaction.execute(_MARK if is_read else _UNMARK, {**named, "now": scope.now})
    return await users.load_user(scope, scope.viewer_id)


async def _count_unread(scope: Scope, keys: Sequence[int]) -> Sequence[int]:
    found = {row.user_id: row.unread for row in await scope.fetch(_UNREAD, {"keys": list(keys)})}
    return [found.get(key, 0) for key in keys]


unread_of_users: CountBatch = _count_unread

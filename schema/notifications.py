"""Notifications in the graph."""

import datetime
from typing import Annotated, Any, cast

import strawberry

from auth.policies import owner, signed_in
from models.errors import InvalidInput, NotFound, UserNotFound
from models.notifications import NotificationKind
from resolvers import notifications
from resolvers.orders import NotificationOrder
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, paged, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.subscriptions import subscription
from schema.engine.types import NODE_TYPES, Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User

enum_type(
    NotificationKind,
    description="The kind of a notification.",
    values={
        NotificationKind.SIGN_APPLICATION_SUBMITTED: "A sign application awaits the handler's decision.",
        NotificationKind.SIGN_APPLICATION_APPROVED: "A sign application was approved: the contract can be signed.",
        NotificationKind.SIGN_APPLICATION_REJECTED: "A sign application was rejected; the text has the reason.",
        NotificationKind.SIGN_APPLICATION_CANCELLED: "A sign application was cancelled.",
        NotificationKind.CONTRACT_SIGNED: "A contract was signed.",
        NotificationKind.STAFF_APPLICATION_APPROVED: "The attendance staff application was approved.",
        NotificationKind.STAFF_APPLICATION_REJECTED: "The attendance staff application was rejected.",
        NotificationKind.COMPANY_MEMBERSHIP_APPROVED: "The recruiter's company membership was approved.",
        NotificationKind.COMPANY_MEMBERSHIP_REJECTED: "The recruiter's company membership was rejected.",
        NotificationKind.RECRUITER_APPROVED: "The recruiter was approved: the trial package gives access to contacts.",
        NotificationKind.CONTACT_ACQUIRED: "A recruiter acquired the contact data of the user's resume.",
        NotificationKind.POST_COMMENTED: "The user's post has new comments: as many as `occurrences`.",
        NotificationKind.CERTIFICATION_APPROVED: "A certification of the user was approved.",
        NotificationKind.CERTIFICATION_REJECTED: "A certification of the user was rejected; the text has the reason.",
        NotificationKind.PROJECT_MOVED: "A project that the user takes part in has another status.",
        NotificationKind.RESUME_SENT: "Candidates sent their resumes for a feed of the user: as many as `occurrences`.",
        NotificationKind.RESUME_RECOMMENDED: "Talent partners recommended resumes for a feed of the user: as many as"
        " `occurrences`.",
    },
)


@node_type(description="A notification of a user.", policy=owner, by_id=notifications.by_id)
class Notification(Node):
    """A row of `notifications`."""

    kind: NotificationKind = column("The introduction.")
    text: str = column("The text.")
    read_at: datetime.datetime | None = column("The time when the user read it; null until then.")
    occurrences: int = column(
        "How often it happened to the object until the user read it. What may happen many times, such as comments on a"
        " post, makes one notification that counts; everything else is 1."
    )

    @resolved("The object that it refers to; null if it was deleted or the user may not see it.")
    async def subject(self, info: Info) -> Node | None:
        """As `node` finds it."""
        found = NODE_TYPES.get(self.subject_type)  # type: ignore[attr-defined]
        row = await info.context.load(found.by_id, self.subject_id) if found else None  # type: ignore[attr-defined]
        return None if found is None or row is None else from_row(found.type, row)


@extends(User)
class UserNotifications:
    """What a user is told."""

    @paged("The notifications. Newest first", policy=owner)
    async def notifications(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[NotificationOrder | None, ORDER_BY] = None,
        unread_only: Annotated[bool, strawberry.argument(description="Only those that the user did not read.")] = False,
    ) -> Connection[Notification] | None:
        """A page of them."""
        filters = {"user_id": cast("Any", self).id, "unread": unread_only or None}
        return await listed(
            info,
            Notification,
            notifications.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
        )

    @resolved("The number of unread notifications.", policy=owner)
    async def unread_notification_count(self, info: Info) -> int | None:
        """Counted when it is asked for."""
        return int(await info.context.load(notifications.unread_of_users, cast("Any", self).id))


@input_type(description="The input of `markNotificationsRead`: the notifications that were read.")
class MarkNotificationsReadInput:
    """The input of `markNotificationsRead`."""

    notification_ids: list[Id[Notification]] | None = strawberry.field(
        default=None, description=f"The notifications, at most {notifications.MAX_MARKED}; all if omitted."
    )


@payload_type(description="The result of `markNotificationsRead`.")
class MarkNotificationsReadPayload:
    """The caller, or NOT_FOUND for a notification of somebody else."""

    user: User | None = changed("The caller.")


@input_type(description="The input of `markNotificationsUnread`: the notifications to read again.")
class MarkNotificationsUnreadInput:
    """The input of `markNotificationsUnread`."""

    notification_ids: list[Id[Notification]] | None = strawberry.field(
        default=None, description=f"The notifications, at most {notifications.MAX_MARKED}; all if omitted."
    )


@payload_type(description="The result of `markNotificationsUnread`.")
class MarkNotificationsUnreadPayload:
    """The caller, or NOT_FOUND for a notification of somebody else."""

    user: User | None = changed("The caller.")


@root_type
class NotificationsMutation:
    """Mutations."""

    @mutation("Mark notifications as read.", policy=signed_in, errors=(InvalidInput, NotFound, UserNotFound))
    async def mark_notifications_read(
        self, info: Info, input: MarkNotificationsReadInput
    ) -> MarkNotificationsReadPayload:
        """What was read before stays as it is."""
        row = await notifications.mark(info.context.scope, ids=input.notification_ids, is_read=True)
        return MarkNotificationsReadPayload(user=from_row(User, row))

    @mutation("Mark notifications as unread.", policy=signed_in, errors=(InvalidInput, NotFound, UserNotFound))
    async def mark_notifications_unread(
        self, info: Info, input: MarkNotificationsUnreadInput
    ) -> MarkNotificationsUnreadPayload:
        """What is unread stays as it is."""
        row = await notifications.mark(info.context.scope, ids=input.notification_ids, is_read=False)
        return MarkNotificationsUnreadPayload(user=from_row(User, row))


@root_type
class NotificationsSubscription:
    """Subscriptions."""

    @subscription(
        "New notifications of the caller, and those that count one more.",
        policy=signed_in,
        of=Notification,
        by_id=notifications.by_id,
    )
    async def notification_received(self, info: Info) -> str:
        """Their own topic."""
        return notifications.topic_of(info.context.scope.viewer_id)

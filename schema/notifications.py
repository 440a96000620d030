"""Notifications in the graph."""

import datetime
from typing import Any, cast

import strawberry

from auth.policies import owner, signed_in
from models.errors import InvalidInput, NotFound, UserNotFound
from models.notifications import NotificationKind
from resolvers import notifications
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import column, from_row, links, resolved
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
    },
)


@node_type(description="A notification of a user.", policy=owner, by_id=notifications.by_id)
class Notification(Node):
    """A row of `notifications`."""

    kind: NotificationKind = column("The introduction.")
    text: str = column("The text.")
    read_at: datetime.datetime | None = column("The time when the user read it; null until then.")

    @resolved("The object that it refers to; null if it was deleted or the user may not see it.")
    async def subject(self, info: Info) -> Node | None:
        """As `node` finds it."""
        found = NODE_TYPES.get(self.subject_type)  # type: ignore[attr-defined]
        row = await info.context.load(found.by_id, self.subject_id) if found else None  # type: ignore[attr-defined]
        return None if found is None or row is None else from_row(found.type, row)


@extends(User)
class UserNotifications:
    """What a user is told."""

    notifications: Connection[Notification] | None = links(
        "The notifications.", "id", (notifications.of_users, notifications.count_of_users), policy=owner
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


@root_type
class NotificationsMutation:
    """Mutations."""

    @mutation("Mark notifications as read.", policy=signed_in, errors=(InvalidInput, NotFound, UserNotFound))
    async def mark_notifications_read(
        self, info: Info, input: MarkNotificationsReadInput
    ) -> MarkNotificationsReadPayload:
        """What was read before stays as it is."""
        row = await notifications.mark_read(info.context.scope, ids=input.notification_ids)
        return MarkNotificationsReadPayload(user=from_row(User, row))


@root_type
class NotificationsSubscription:
    """Subscriptions."""

    @subscription("New notifications of the caller.", policy=signed_in, of=Notification, by_id=notifications.by_id)
    async def notification_received(self, info: Info) -> str:
        """Their own topic."""
        return notifications.topic_of(info.context.scope.viewer_id)

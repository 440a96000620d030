"""Deleted objects in the graph, and restoring them."""

import datetime
from typing import Any, cast

import strawberry

from auth.policies import owner, signed_in
from models.errors import InvalidInput, LimitReached, NotFound, NotRestorable
from models.trash import DeletedKind
from resolvers.trash import items, kinds
from schema.engine import node_id
from schema.engine.connection import Connection
from schema.engine.context import Info
from schema.engine.fields import column, from_row, links, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import NODE_TYPES, Node, enum_type, extends, input_type, node_type, root_type
from schema.identity.user import User

enum_type(
    DeletedKind,
    description="The kind of a deleted object.",
    values={
        DeletedKind.POST: "A post with its comments.",
        DeletedKind.COMMENT: "A comment.",
        DeletedKind.WORK_LOG: "A work log with its status lines.",
        DeletedKind.WORK_LOG_STATUS_LINE: "A status line of a work log.",
        DeletedKind.CERTIFICATION: "An award with its review.",
        DeletedKind.RESUME: "A resume.",
        DeletedKind.FEED: "A feed with its recommendations.",
        DeletedKind.RECOMMENDATION_COMMENT: "A comment about a candidate.",
        DeletedKind.EMPLOYMENT_GOAL: "An employment goal, with the direction.",
        DeletedKind.POSTGRADUATE_GOAL: "A postgraduate goal, with the direction.",
    },
)


@node_type(
    description="An object that the caller deleted and can restore.",
    policy=owner,
    by_id=items.by_id,
)
class DeletedItem(Node):
    """A row of `deleted_items`."""

    kind: DeletedKind = column("The kind of the object.")
    title: str = column("The beginning of its title or text.")

    @resolved("The time until which `restoreDeleted` restores it.")
    def restorable_until(self, info: Info) -> datetime.datetime:
        """As the setting says today."""
        deleted_at: datetime.datetime = cast("Any", self).created_at
        return deleted_at + info.context.scope.services.kept_for("deleted")


@extends(User)
class UserDeletedItems:
    """What a user can restore."""

    deleted_items: Connection[DeletedItem] | None = links(
        "What the user deleted and can restore.", "id", (items.of_users, items.count_of_users), policy=owner
    )


@input_type(description="The deleted object to restore.")
class RestoreDeletedInput:
    """The input of `restoreDeleted`."""

    id: Id[DeletedItem] = strawberry.field(description="The deleted item; it must be the caller's.")


@payload_type(description="The result of `restoreDeleted`.")
class RestoreDeletedPayload:
    """The id that the object has again."""

    restored_id: strawberry.ID | None = changed("The id of the object, as it was.")
    restored: strawberry.Private[tuple[str, int] | None] = None

    @resolved("The object. Null if the mutation failed.")
    async def node(self, info: Info) -> Node | None:
        """As `node` finds it."""
        if self.restored is None:
            return None
        type_name, number = self.restored
        row = await info.context.load(NODE_TYPES[type_name].by_id, number)
        return None if row is None else from_row(NODE_TYPES[type_name].type, row)


@root_type
class TrashMutation:
    """Mutations."""

    @mutation(
        "Restore what the caller deleted, with all that belonged to it and the ids that it had.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, NotRestorable, LimitReached),
    )
    async def restore_deleted(self, info: Info, input: RestoreDeletedInput) -> RestoreDeletedPayload:
        """Refused with NOT_FOUND for what somebody else deleted, or too long ago."""
        item = await items.restore(info.context.scope, item_id=input.id)
        type_name = kinds.KINDS[item.kind].type_name
        restored_id = strawberry.ID(node_id.encode(type_name, item.subject_id))
        return RestoreDeletedPayload(restored_id=restored_id, restored=(type_name, item.subject_id))

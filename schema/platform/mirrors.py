"""Mirrors in the graph: the images that developers keep."""

from decimal import Decimal

import strawberry

from auth.policies import owner_or_administrator, signed_in, with_parent
from models.errors import InvalidInput, LimitReached, NotFound, SpaceExhausted
from models.reference import SettingName
from resolvers.platform import mirrors, prices
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, resolved
from schema.engine.ids import Id, id_of
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, input_type, node_type, root_type, value_type


@node_type(
    description="An image that a developer's instances start from.",
    policy=owner_or_administrator,
    by_id=mirrors.by_id,
)
class Mirror(Node):
    """A row of `mirrors`."""

    name: str = column("The name.")
    tag: str = column("The tag, such as a version.")
    remark: str = column("The owner's remark.")
    viewer_can_update: bool = hint("Whether the caller may change it.", mirrors.UPDATE)
    viewer_can_delete: bool = hint("Whether the caller may delete it.", mirrors.DELETE)

    @resolved("The size in gigabytes, exact.")
    def size(self) -> Decimal:
        """From thousandths."""
        return mirrors.gigabytes(self.size_thousandths)  # type: ignore[attr-defined]


@value_type(description="The space that a developer's mirrors take, in gigabytes.", policy=with_parent)
class MirrorSpace:
    """Made by `resolvers.platform.mirrors`; `id` is the user's."""

    @resolved("The free space of each developer.")
    async def free(self, info: Info) -> int:
        """As administrators set it."""
        free: int = await info.context.load(prices.values, SettingName.FREE_MIRROR_SPACE)
        return free

    @resolved("The used space, exact.")
    def used(self) -> Decimal:
        """The sum of the sizes."""
        return mirrors.gigabytes(self.used_thousandths)  # type: ignore[attr-defined]

    @resolved("The remaining space, exact; at least 0.")
    async def surplus(self, info: Info) -> Decimal:
        """What a new mirror may take."""
        free: int = await info.context.load(prices.values, SettingName.FREE_MIRROR_SPACE)
        return mirrors.gigabytes(max(0, free * mirrors.THOUSANDTHS - self.used_thousandths))  # type: ignore[attr-defined]


@input_type(description="A mirror to create.")
class CreateMirrorInput:
    """The input of `createMirror`."""

    name: str = strawberry.field(description="The name, at most 255 characters.")
    tag: str = strawberry.field(description="The tag, at most 64 characters.")
    size: Decimal = strawberry.field(description="The size in gigabytes, with at most three decimals.")
    remark: str = strawberry.field(default="", description="A remark, at most 1000 characters.")


@payload_type(description="The result of `createMirror`.")
class CreateMirrorPayload:
    """The mirror, INVALID_INPUT, LIMIT_REACHED or SPACE_EXHAUSTED."""

    mirror: Mirror | None = changed("The mirror.")


@input_type(description="The input of `updateMirror`: the changes to a mirror; what is left out stays.")
class UpdateMirrorInput:
    """The input of `updateMirror`."""

    mirror_id: Id[Mirror] = strawberry.field(description="The mirror; it must be the caller's.")
    name: str | None = strawberry.field(default=None, description="The name, at most 255 characters.")
    tag: str | None = strawberry.field(default=None, description="The tag, at most 64 characters.")
    remark: str | None = strawberry.field(default=None, description="A remark, at most 1000 characters.")


@payload_type(description="The result of `updateMirror`.")
class UpdateMirrorPayload:
    """The mirror, NOT_FOUND or INVALID_INPUT."""

    mirror: Mirror | None = changed("The mirror.")


@input_type(description="The mirror to delete.")
class DeleteMirrorInput:
    """The input of `deleteMirror`."""

    mirror_id: Id[Mirror] = strawberry.field(description="The mirror; it must be the caller's.")


@payload_type(description="The result of `deleteMirror`.")
class DeleteMirrorPayload:
    """The id of what is gone."""

    deleted_id: strawberry.ID | None = changed("The id of the deleted mirror.")


@root_type
class MirrorsMutation:
    """Mutations."""

    @mutation(
        "Create a mirror of the caller, within the remaining space.",
        policy=signed_in,
        errors=(InvalidInput, LimitReached, SpaceExhausted),
    )
    async def create_mirror(self, info: Info, input: CreateMirrorInput) -> CreateMirrorPayload:
        """Refused with SPACE_EXHAUSTED where it does not fit."""
        row = await mirrors.create(
            info.context.scope, name=input.name, tag=input.tag, size=input.size, remark=input.remark
        )
        return CreateMirrorPayload(mirror=from_row(Mirror, row))

    @mutation(
        "Change the name, tag or remark of a mirror of the caller. The size of an image does not change.",
        policy=signed_in,
        errors=(InvalidInput, NotFound),
    )
    async def update_mirror(self, info: Info, input: UpdateMirrorInput) -> UpdateMirrorPayload:
        """Refused with NOT_FOUND for a mirror of somebody else."""
        texts = {"name": input.name, "tag": input.tag, "remark": input.remark}
        row = await mirrors.change(info.context.scope, mirror_id=input.mirror_id, texts=texts)
        return UpdateMirrorPayload(mirror=from_row(Mirror, row))

    @mutation(
        "Delete a mirror of the caller, which frees its space.", policy=signed_in, errors=(InvalidInput, NotFound)
    )
    async def delete_mirror(self, info: Info, input: DeleteMirrorInput) -> DeleteMirrorPayload:
        """Refused with NOT_FOUND for a mirror of somebody else."""
        await mirrors.remove(info.context.scope, mirror_id=input.mirror_id)
        return DeleteMirrorPayload(deleted_id=id_of(Mirror, input.mirror_id))

"""Handlers in the graph."""

from typing import Annotated

import strawberry

from auth.policies import administrator, owner_or_administrator, signed_in
from models.errors import AlreadyHandler, InvalidInput, NotFound, UserNotFound
from resolvers.identity import users
from resolvers.signing import handlers
from schema.engine import node_id
from schema.engine.connection import After, Connection, First, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, input_type, node_type, root_type
from schema.identity.ids import user_id_of
from schema.identity.user import User


@node_type(description="Somebody who looks after sign applications.", policy=signed_in, by_id=handlers.by_id)
class Handler(Node):
    """A row of `handlers`."""

    name: str = column("The name that applicants see.")
    phone: str = column("The telephone number; empty if unknown.", policy=owner_or_administrator)
    email: str = column("The e-mail address; empty if unknown.", policy=owner_or_administrator)
    enabled: bool = column("False once they were disabled: they are not offered, and decide nothing.")
    user: User | None = link("Who it is.", "user_id", users.by_id, policy=owner_or_administrator)


@root_type
class HandlersQuery:
    """Queries."""

    @resolved("Handlers, in the order they were added, at most 100 a page.", policy=signed_in)
    async def handlers(
        self,
        info: Info,
        offered: Annotated[
            bool | None,
            strawberry.argument(description="Only those to whom a resume may be handed, or only the others."),
        ] = None,
        first: First = 20,
        after: After = None,
        page: PageNumber = None,
    ) -> Connection[Handler]:
        """A page of handlers."""
        filters = {"offered": offered}
        return await listed(info, Handler, handlers.listing, filters, first=first, after=after, page=page)


@input_type(description="A user to make a handler.")
class CreateHandlerInput:
    """The input of `createHandler`."""

    user_id: strawberry.ID = strawberry.field(description="Who; they get the role HANDLER.")
    name: str = strawberry.field(description="The name that applicants see, at most 16 characters.")
    phone: str = strawberry.field(default="", description="The telephone number, at most 16 characters.")
    email: str = strawberry.field(default="", description="The e-mail address, at most 32 characters.")


@payload_type(description="The result of `createHandler`.")
class CreateHandlerPayload:
    """The handler, USER_NOT_FOUND, ALREADY_HANDLER or INVALID_INPUT."""

    handler: Handler | None = changed("The handler.")


@input_type(description="The input of `updateHandler`: the changes to a handler; what is left out stays.")
class UpdateHandlerInput:
    """The input of `updateHandler`."""

    handler_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = strawberry.field(default=None, description="The name, at most 16 characters.")
    phone: str | None = strawberry.field(default=None, description="The telephone number, at most 16 characters.")
    email: str | None = strawberry.field(default=None, description="The e-mail address, at most 32 characters.")
    enabled: bool | None = strawberry.field(default=None, description="False to disable them, true to enable them.")


@payload_type(description="The result of `updateHandler`.")
class UpdateHandlerPayload:
    """The handler, NOT_FOUND or INVALID_INPUT."""

    handler: Handler | None = changed("The handler.")


@root_type
class HandlersMutation:
    """Mutations."""

    @mutation(
        "Make a user a handler, with the role.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, AlreadyHandler),
    )
    async def create_handler(self, info: Info, input: CreateHandlerInput) -> CreateHandlerPayload:
        """Audited."""
        row = await handlers.create(
            info.context.scope,
            user_id=await user_id_of(info, input.user_id),
            name=input.name,
            phone=input.phone,
            email=input.email,
        )
        return CreateHandlerPayload(handler=from_row(Handler, row))

    @mutation(
        "Change what is known of a handler, or disable or enable them.",
        policy=administrator,
        errors=(InvalidInput, NotFound),
    )
    async def update_handler(self, info: Info, input: UpdateHandlerInput) -> UpdateHandlerPayload:
        """Audited."""
        row = await handlers.change(
            info.context.scope,
            handler_id=node_id.decode_as("Handler", input.handler_id, path=("input", "handlerId")),
            name=input.name,
            phone=input.phone,
            email=input.email,
            enabled=input.enabled,
        )
        return UpdateHandlerPayload(handler=from_row(Handler, row))

"""Handlers in the graph."""

from typing import Annotated

import strawberry

from auth.policies import owner_or_administrator, signed_in
from models.errors import AlreadyHandler, InvalidInput, NotFound, UserNotFound
from resolvers.identity import users
from resolvers.orders import HandlerOrder
from resolvers.signing import handlers
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, paged
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Email, Name, Phone
from schema.engine.types import Node, input_type, node_type, root_type
from schema.identity.user import User


@node_type(description="A user who handles sign applications.", policy=signed_in, by_id=handlers.by_id)
class Handler(Node):
    """A row of `handlers`."""

    name: str = column("The name that applicants see.")
    phone: str | None = column("The telephone number; empty if unknown.", policy=owner_or_administrator)
    email: str | None = column("The e-mail address; empty if unknown.", policy=owner_or_administrator)
    enabled: bool = column("False if disabled: not listed, and cannot decide.")
    viewer_can_update: bool = hint("Whether the caller may change and disable them.", handlers.MANAGE)
    user: User | None = link("The user.", "user_id", users.by_id, policy=owner_or_administrator)


@root_type
class HandlersQuery:
    """Queries."""

    @paged("Handlers, in the order they were added", policy=signed_in)
    async def handlers(
        self,
        info: Info,
        offered: Annotated[
            bool | None,
            strawberry.argument(description="Only handlers who accept resumes, or only the others."),
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[HandlerOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[Handler] | None:
        """A page of handlers."""
        filters = {"offered": offered}
        return await listed(
            info,
            Handler,
            handlers.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@input_type(description="The user who becomes a handler.")
class CreateHandlerInput:
    """The input of `createHandler`."""

    user_id: Id[User] = strawberry.field(description="The user, who gets the role HANDLER.")
    name: Name = strawberry.field(description="The name that applicants see, at most 16 characters.")
    phone: Phone = strawberry.field(default="", description="The telephone number, at most 16 characters.")
    email: Email = strawberry.field(default="", description="The e-mail address, at most 32 characters.")


@payload_type(description="The result of `createHandler`.")
class CreateHandlerPayload:
    """The handler, USER_NOT_FOUND, ALREADY_HANDLER or INVALID_INPUT."""

    handler: Handler | None = changed("The handler.")


@input_type(description="The input of `updateHandler`: the changes to a handler; what is left out stays.")
class UpdateHandlerInput:
    """The input of `updateHandler`."""

    handler_id: Id[Handler] = strawberry.field(description="The handler.")
    name: Name | None = strawberry.field(default=None, description="The name, at most 16 characters.")
    phone: Phone | None = strawberry.field(default=None, description="The telephone number, at most 16 characters.")
    email: Email | None = strawberry.field(default=None, description="The e-mail address, at most 32 characters.")
    enabled: bool | None = strawberry.field(default=None, description="False to disable them, true to enable them.")


@payload_type(description="The result of `updateHandler`.")
class UpdateHandlerPayload:
    """The handler, NOT_FOUND or INVALID_INPUT."""

    handler: Handler | None = changed("The handler.")


@root_type
class HandlersMutation:
    """Mutations."""

    @mutation(
        "Make a user a handler and grant the role.",
        policy=handlers.MANAGE.policy,
        errors=(InvalidInput, UserNotFound, AlreadyHandler),
    )
    async def create_handler(self, info: Info, input: CreateHandlerInput) -> CreateHandlerPayload:
        """Audited."""
        row = await handlers.create(
            info.context.scope,
            user_id=input.user_id,
            name=input.name,
            phone=input.phone,
            email=input.email,
        )
        return CreateHandlerPayload(handler=from_row(Handler, row))

    @mutation(
        "Change the details of a handler, or disable or enable them.",
        policy=handlers.MANAGE.policy,
        errors=(InvalidInput, NotFound),
    )
    async def update_handler(self, info: Info, input: UpdateHandlerInput) -> UpdateHandlerPayload:
        """Audited."""
        row = await handlers.change(
            info.context.scope,
            handler_id=input.handler_id,
            name=input.name,
            phone=input.phone,
            email=input.email,
            enabled=input.enabled,
        )
        return UpdateHandlerPayload(handler=from_row(Handler, row))

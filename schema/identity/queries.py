"""Queries about people, and the finding of any object by its id."""

import base64
from typing import Annotated

import strawberry

from auth.policies import administrator, public, signed_in
from resolvers.identity import export, users
from resolvers.orders import UserOrder
from resolvers.search.containing import containing
from schema.engine import node_id
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, own_link, paged, resolved
from schema.engine.texts import Account, Name
from schema.engine.types import NODE_TYPES, Node, input_type, root_type, value_type
from schema.identity.user import User


@input_type(description="A filter of users; all conditions must hold.")
class UserFilter:
    """The filter of `users`."""

    account_contains: Account | None = strawberry.field(
        default=None, description="The student account contains this literal text."
    )
    name_contains: Name | None = strawberry.field(default=None, description="The name contains this literal text.")
    keyword: Name | None = strawberry.field(
        default=None, description="The student account or the name contains this literal text."
    )
    pursues_postgraduate: bool | None = strawberry.field(
        default=None, description="Whether the user pursues a postgraduate place."
    )
    pursues_employment: bool | None = strawberry.field(default=None, description="Whether the user pursues a job.")


@value_type(description="A file to save.", policy=administrator)
class File:
    """A file in a reply."""

    name: str = column("The file name.")
    media_type: str = column("The media type.")
    content_base64: str = column("The content, in base64.")


@root_type
class IdentityQuery:
    """Queries."""

    viewer: User | None = own_link("The caller.", users.by_id, policy=signed_in)

    @resolved("Any object, by its opaque id.", policy=public)
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The object's `id`.")],
    ) -> Node | None:
        """Null for an object that does not exist; its fields have their own policies."""
        type_name, database_id = node_id.decode(id)
        found = NODE_TYPES.get(type_name)
        row = await info.context.load(found.by_id, database_id) if found is not None else None
        return None if found is None or row is None else from_row(found.type, row)

    @paged("All users, in the order they were added", policy=administrator)
    async def users(
        self,
        info: Info,
        filter: Annotated[UserFilter | None, strawberry.argument(description="The conditions for the list.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[UserOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[User]:
        """A page of users."""
        wanted = filter or UserFilter()
        filters = {
            "account": containing(wanted.account_contains),
            "name": containing(wanted.name_contains),
            "keyword": containing(wanted.keyword),
            "pursues_postgraduate": wanted.pursues_postgraduate,
            "pursues_employment": wanted.pursues_employment,
        }
        return await listed(
            info,
            User,
            users.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )

    @resolved("All students with their goals, and all work logs, as an .xlsx file.", policy=administrator)
    async def user_export(self, info: Info) -> File:
        """Two sheets, at most 100,000 rows each."""
        content = await export.export_users(info.context.scope)
        return File(
            name="users.xlsx",
            media_type=export.MEDIA_TYPE,
            content_base64=base64.b64encode(content).decode(),
        )

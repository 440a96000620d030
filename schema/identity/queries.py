"""Queries about people, and the finding of any object by its id."""

import base64
import datetime
from typing import Annotated, Any

import strawberry

from auth.policies import administrator, public, signed_in
from models.base import MAX_ID
from models.identity import CredentialKind, Role
from resolvers import checks, workbooks
from resolvers.identity import export, sheet_paths, users
from resolvers.orders import UserOrder
from resolvers.search.containing import containing
from schema.engine import ids, node_id
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import from_row, own_link, paged, resolved
from schema.engine.texts import Account, ClassName, Name
from schema.engine.types import NODE_TYPES, Node, input_type, root_type
from schema.files import DATA, File, file_id
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
    class_name: ClassName | None = strawberry.field(default=None, description="The class, in full.")
    major: str | None = strawberry.field(default=None, description="The major, in full.")
    role: Role | None = strawberry.field(default=None, description="A role that the user holds.")
    credential_kind: CredentialKind | None = strawberry.field(
        default=None, description="A kind of credential that the user signs in with."
    )
    is_disabled: bool | None = strawberry.field(default=None, description="Whether the user is disabled.")
    active_since: datetime.datetime | None = strawberry.field(
        default=None, description="The user was active at this time or later (`lastActiveAt`)."
    )
    inactive_since: datetime.datetime | None = strawberry.field(
        default=None, description="The user was never active, or not since this time."
    )
    has_employment_goal: bool | None = strawberry.field(
        default=None, description="Whether the user has an employment goal; false for those who miss it."
    )
    has_postgraduate_goal: bool | None = strawberry.field(
        default=None, description="Whether the user has a postgraduate goal; false for those who miss it."
    )

    def conditions(self) -> dict[str, Any]:
        """The filters of the listing; None for those that are not used."""
        return {
            "account": containing(self.account_contains),
            "name": containing(self.name_contains),
            "keyword": containing(self.keyword),
            "pursues_postgraduate": self.pursues_postgraduate,
            "pursues_employment": self.pursues_employment,
            "class_name": self.class_name,
            "major": self.major if self.major is None else self.major.strip(),
            "role": self.role,
            "credential_kind": self.credential_kind,
            "disabled": self.is_disabled or None,
            "enabled": True if self.is_disabled is False else None,
            "active_since": _instant(self.active_since, "active_since"),
            "inactive_since": _instant(self.inactive_since, "inactive_since"),
            "has_employment_goal": self.has_employment_goal or None,
            "lacks_employment_goal": True if self.has_employment_goal is False else None,
            "has_postgraduate_goal": self.has_postgraduate_goal or None,
            "lacks_postgraduate_goal": True if self.has_postgraduate_goal is False else None,
        }


def _instant(value: datetime.datetime | None, field: str) -> datetime.datetime | None:
    return None if value is None else checks.instant(value, f"filter.{field}")


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
        type_name, database_id = node_id.decode(id, maximum=node_id.MAX_OLD_ID)
        if database_id > MAX_ID:
            database_id = (await ids.current(info.context.scope, type_name, [database_id]))[database_id]
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
    ) -> Connection[User] | None:
        """A page of users."""
        filters = (filter or UserFilter()).conditions()
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

    @resolved(
        "The path to fetch the file of `userExport` at, for an hour and as long as the session of this request lasts:"
        " it is written when it is fetched, row by row, and sent as it is, without base64.",
        policy=administrator,
    )
    async def user_export_path(self, info: Info) -> str | None:
        """Each fetch is audited."""
        return await sheet_paths.path_of(info.context.scope)

    @resolved("All students with their goals, and all work logs, as an .xlsx file.", policy=administrator)
    async def user_export(self, info: Info) -> File | None:
        """Two sheets, at most 1,048,575 rows each."""
        scope = info.context.scope
        content = await export.export_users(scope)
        return File(
            id=file_id(-int(scope.now.timestamp() * 1_000_000)),
            name="users.xlsx",
            url=f"{DATA}{workbooks.MEDIA_TYPE};base64,{base64.b64encode(content).decode()}",
            path="",
            media_type=workbooks.MEDIA_TYPE,
            width=None,
            height=None,
            bytes=len(content),
            created_at=scope.now,
        )

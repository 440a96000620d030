"""Packages in the graph: what recruiters may do, and until when."""

import datetime
from typing import Any, cast

import strawberry

from auth.policies import administrator, owner_or_administrator
from models.errors import InvalidInput, NotFound
from resolvers.talent import packages
from resolvers.talent.packages import MAX_CONTACTS, MAX_FEEDS, MAX_NAME
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, resolved
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, input_type, node_type, root_type
from schema.identity.user import User


@node_type(
    description="A recruiter's quota of simultaneous feeds and of contacts until a given time.",
    policy=owner_or_administrator,
    by_id=packages.by_id,
)
class Package(Node):
    """A row of `packages`."""

    name: str = column("The name.")
    is_trial: bool = column("Whether it is the trial package of a new recruiter.")
    feeds: int = column("The number of simultaneous feeds.")
    feeds_used: int = column("The number of existing feeds.")
    contacts: int = column("The number of contacts.")
    contacts_used: int = column("The number of acquired contacts.")
    expires_at: datetime.datetime = column("The end of the package and of its feeds.")
    viewer_can_update: bool = hint("Whether the caller may change and end it.", packages.MANAGE)

    @resolved("Whether it has ended.")
    def has_expired(self, info: Info) -> bool:
        """By the clock of the operation."""
        return bool(cast("Any", self).expires_at <= info.context.scope.now)


@input_type(description="A package for a recruiter.")
class GrantPackageInput:
    """The input of `grantPackage`."""

    user_id: Id[User] = strawberry.field(description="The user of a recruiter.")
    name: str = strawberry.field(description=f"The name, at most {MAX_NAME} characters.")
    feeds: int = strawberry.field(description=f"The number of simultaneous feeds, at most {MAX_FEEDS}.")
    contacts: int = strawberry.field(description=f"The number of contacts, at most {MAX_CONTACTS}.")
    expires_at: datetime.datetime = strawberry.field(description="The end, within ten years.")


@input_type(description="The input of `updatePackage`: the changes to a package; what is left out stays.")
class UpdatePackageInput:
    """The input of `updatePackage`."""

    package_id: Id[Package] = strawberry.field(description="The package.")
    name: str | None = strawberry.field(default=None, description=f"The name, at most {MAX_NAME} characters.")
    feeds: int | None = strawberry.field(
        default=None, description=f"The number of simultaneous feeds: at least those in use, at most {MAX_FEEDS}."
    )
    contacts: int | None = strawberry.field(
        default=None, description=f"The number of contacts: at least those acquired, at most {MAX_CONTACTS}."
    )
    expires_at: datetime.datetime | None = strawberry.field(
        default=None, description="The end, within ten years. A time in the past ends it now."
    )


@payload_type(description="The result of `grantPackage` and `updatePackage`.")
class PackagePayload:
    """The package, NOT_FOUND or INVALID_INPUT."""

    package: Package | None = changed("The package.")


@root_type
class PackagesMutation:
    """Mutations."""

    @mutation("Grant a package to a recruiter.", policy=administrator, errors=(InvalidInput, NotFound))
    async def grant_package(self, info: Info, input: GrantPackageInput) -> PackagePayload:
        """Audited."""
        row = await packages.grant(
            info.context.scope,
            user_id=input.user_id,
            name=input.name,
            feeds=input.feeds,
            contacts=input.contacts,
            expires_at=input.expires_at,
        )
        return PackagePayload(package=from_row(Package, row))

    @mutation(
        "Rename, enlarge, reduce, extend or end a package.",
        policy=packages.MANAGE.policy,
        errors=(InvalidInput, NotFound),
    )
    async def update_package(self, info: Info, input: UpdatePackageInput) -> PackagePayload:
        """Audited."""
        row = await packages.change(
            info.context.scope,
            package_id=input.package_id,
            name=input.name,
            feeds=input.feeds,
            contacts=input.contacts,
            expires_at=input.expires_at,
        )
        return PackagePayload(package=from_row(Package, row))

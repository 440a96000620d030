"""Packages in the graph: what recruiters may do, and until when."""

import datetime
from typing import Any, cast

import strawberry

from auth.policies import administrator, owner_or_administrator
from models.errors import InvalidInput, NotFound
from resolvers.talent import packages
from resolvers.talent.packages import MAX_CONTACTS, MAX_FEEDS, MAX_NAME
from schema.engine import node_id
from schema.engine.context import Info
from schema.engine.fields import column, from_row, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, input_type, node_type, root_type
from schema.identity.ids import user_id_of


@node_type(
    description="How many feeds at a time, and how many contacts, a recruiter has until a day.",
    policy=owner_or_administrator,
    by_id=packages.by_id,
)
class Package(Node):
    """A row of `packages`."""

    name: str = column("What it is called.")
    is_trial: bool = column("Whether it is the one that every recruiter begins with.")
    feeds: int = column("How many feeds it allows at a time.")
    feeds_used: int = column("How many feeds there are of it.")
    contacts: int = column("How many contacts it allows.")
    contacts_used: int = column("How many of them were acquired.")
    expires_at: datetime.datetime = column("When it ends, and its feeds with it.")

    @resolved("Whether it has ended.")
    def has_expired(self, info: Info) -> bool:
        """By the clock of the operation."""
        return bool(cast("Any", self).expires_at <= info.context.scope.now)


@input_type(description="A package for a recruiter.")
class GrantPackageInput:
    """The input of `grantPackage`."""

    user_id: strawberry.ID = strawberry.field(description="Whose: the user of a recruiter.")
    name: str = strawberry.field(description=f"What it is called, at most {MAX_NAME} characters.")
    feeds: int = strawberry.field(description=f"How many feeds at a time, at most {MAX_FEEDS}.")
    contacts: int = strawberry.field(description=f"How many contacts, at most {MAX_CONTACTS}.")
    expires_at: datetime.datetime = strawberry.field(description="When it ends: within ten years.")


@input_type(description="The input of `updatePackage`: the changes to a package; what is left out stays.")
class UpdatePackageInput:
    """The input of `updatePackage`."""

    package_id: strawberry.ID = strawberry.field(description="Which.")
    name: str | None = strawberry.field(default=None, description=f"What it is called, at most {MAX_NAME} characters.")
    feeds: int | None = strawberry.field(
        default=None, description=f"How many feeds at a time: at least those in use, at most {MAX_FEEDS}."
    )
    contacts: int | None = strawberry.field(
        default=None, description=f"How many contacts: at least those acquired, at most {MAX_CONTACTS}."
    )
    expires_at: datetime.datetime | None = strawberry.field(
        default=None, description="When it ends: within ten years. A time in the past ends it now."
    )


@payload_type(description="The result of `grantPackage` and `updatePackage`.")
class PackagePayload:
    """The package, NOT_FOUND or INVALID_INPUT."""

    package: Package | None = changed("The package.")


@root_type
class PackagesMutation:
    """Mutations."""

    @mutation("Give a recruiter a package.", policy=administrator, errors=(InvalidInput, NotFound))
    async def grant_package(self, info: Info, input: GrantPackageInput) -> PackagePayload:
        """Audited."""
        row = await packages.grant(
            info.context.scope,
            user_id=await user_id_of(info, input.user_id),
            name=input.name,
            feeds=input.feeds,
            contacts=input.contacts,
            expires_at=input.expires_at,
        )
        return PackagePayload(package=from_row(Package, row))

    @mutation(
        "Rename, enlarge, reduce, extend or end a package.", policy=administrator, errors=(InvalidInput, NotFound)
    )
    async def update_package(self, info: Info, input: UpdatePackageInput) -> PackagePayload:
        """Audited."""
        row = await packages.change(
            info.context.scope,
            package_id=node_id.decode_as("Package", input.package_id, path=("input", "packageId")),
            name=input.name,
            feeds=input.feeds,
            contacts=input.contacts,
            expires_at=input.expires_at,
        )
        return PackagePayload(package=from_row(Package, row))

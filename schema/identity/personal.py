"""A person's own data in the graph: handing it out, and deleting the account."""

import strawberry

from auth.policies import administrator, signed_in
from models.errors import (
    AwaitingActivation,
    DomainError,
    InvalidInput,
    LastAdministrator,
    ServiceBusy,
    TooManyRequests,
    UserNotFound,
    WechatBlocked,
    WechatUnavailable,
    WrongCode,
    WrongCredentials,
)
from resolvers.personal import deleting, exporting
from schema.engine.context import Info
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import input_type, root_type
from schema.identity.proving import OwnProofInput
from schema.identity.user import User

_PROVING: tuple[type[DomainError], ...] = (
    InvalidInput,
    UserNotFound,
    WrongCredentials,
    WrongCode,
    AwaitingActivation,
    WechatBlocked,
    WechatUnavailable,
    TooManyRequests,
    ServiceBusy,
)
_REASON = f"Why, for the audit trail: at most {deleting.MAX_REASON} characters."


@input_type(description="The input of `exportMyData`.")
class ExportMyDataInput:
    """The input of `exportMyData`."""

    proof: OwnProofInput = strawberry.field(description="What proves that it is the caller who asks.")


@input_type(description="The input of `exportUserData`: whose data, and why.")
class ExportUserDataInput:
    """The input of `exportUserData`."""

    user_id: Id[User] = strawberry.field(description="The user.")
    reason: str = strawberry.field(description=_REASON)


@input_type(description="The input of `deleteMyAccount`.")
class DeleteMyAccountInput:
    """The input of `deleteMyAccount`."""

    proof: OwnProofInput = strawberry.field(description="What proves that it is the caller who asks.")


@input_type(description="The input of `deleteUser`: whom to delete, and why.")
class DeleteUserInput:
    """The input of `deleteUser`."""

    user_id: Id[User] = strawberry.field(description="The user.")
    reason: str = strawberry.field(description=_REASON)


@payload_type(description="The result of `exportMyData` and `exportUserData`.")
class PersonalDataPayload:
    """Where to fetch the archive."""

    path: str | None = changed(
        "The path of a ZIP archive, for an hour and as long as the session of this request lasts."
    )


@payload_type(description="The result of `deleteMyAccount` and `deleteUser`.")
class DeletionPayload:
    """What stayed."""

    kept_contract_count: int | None = changed("How many signed applications stay, of a user without a name.")
    kept_correction_count: int | None = changed("How many corrections of others' clock-ins stay, of the same user.")

    @classmethod
    def of(cls, deletion: deleting.Deletion) -> "DeletionPayload":
        """The payload for a deletion."""
        return cls(kept_contract_count=deletion.contracts, kept_correction_count=deletion.corrections)


@root_type
class PersonalDataMutation:
    """Mutations."""

    @mutation(
        "Prepare a ZIP archive of all that is kept about the caller: rows as JSON, and files. At most 20 an hour.",
        policy=signed_in,
        errors=_PROVING,
        exclusive=True,
    )
    async def export_my_data(self, info: Info, input: ExportMyDataInput) -> PersonalDataPayload:
        """Refused as signing in is."""
        return PersonalDataPayload(path=await exporting.path_of_own(info.context.scope, input.proof.proof()))

    @mutation(
        "Prepare a ZIP archive of all that is kept about a user, as `exportMyData` does.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, TooManyRequests),
    )
    async def export_user_data(self, info: Info, input: ExportUserDataInput) -> PersonalDataPayload:
        """Refused with USER_NOT_FOUND."""
        scope = info.context.scope
        return PersonalDataPayload(path=await exporting.path_of_user(scope, user_id=input.user_id, reason=input.reason))

    @mutation(
        "Delete the caller's account with all that belongs to it. It cannot be undone. Signed contracts stay, and"
        " corrections of others' clock-ins, under a user without a name. All sessions end.",
        policy=signed_in,
        errors=(*_PROVING, LastAdministrator),
        exclusive=True,
    )
    async def delete_my_account(self, info: Info, input: DeleteMyAccountInput) -> DeletionPayload:
        """Refused as signing in is, and with LAST_ADMINISTRATOR."""
        return DeletionPayload.of(await deleting.delete_own(info.context.scope, input.proof.proof()))

    @mutation(
        "Delete a user with all that belongs to them, as `deleteMyAccount` does. It cannot be undone.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, LastAdministrator),
    )
    async def delete_user(self, info: Info, input: DeleteUserInput) -> DeletionPayload:
        """Refused with USER_NOT_FOUND, LAST_ADMINISTRATOR, or INVALID_INPUT for oneself."""
        scope = info.context.scope
        return DeletionPayload.of(await deleting.delete_user(scope, user_id=input.user_id, reason=input.reason))

"""What administrators do about one user: changing, disabling, enabling, a new password, unlinking a credential."""

import datetime

import strawberry

from auth.policies import administrator
from models.errors import (
    CredentialTaken,
    InvalidInput,
    LastAdministrator,
    LastCredential,
    NotFound,
    ServiceBusy,
    UserNotFound,
)
from models.identity import CredentialKind
from resolvers.identity import access, credentials, outcomes, profiles, users
from resolvers.identity.issued import issue_passwords
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Account, ClassName, Email, Name, Phone
from schema.engine.types import input_type, root_type
from schema.identity.user import User


@input_type(description="The input of `updateUser`. What is left out or null stays as it is.")
class UpdateUserInput:
    """The input of `updateUser`."""

    user_id: Id[User] = strawberry.field(description="The user.")
    name: Name | None = strawberry.field(default=None, description="The name, at most 64 characters.")
    class_name: ClassName | None = strawberry.field(
        default=None, description="The class, at most 64 characters; empty for none."
    )
    major: str | None = strawberry.field(default=None, description="The major, at most 64 characters; empty for none.")
    account: Account | None = strawberry.field(
        default=None,
        description="The student account, 10 letters or digits, in place of the present one. An initial password"
        " that was not used yet is the end of the new account.",
    )
    mobile: Phone | None = strawberry.field(
        default=None, description="A mobile number of mainland China to sign in with, in place of the newest one."
    )
    email: Email | None = strawberry.field(
        default=None,
        description="An e-mail address to sign in with, in place of the newest one and of one that awaits its link.",
    )


@payload_type(description="The result of `updateUser`.")
class UpdateUserPayload:
    """The user, or CREDENTIAL_TAKEN with the field."""

    user: User | None = changed("The user.")


@input_type(description="The input of `disableUser`: the user to keep out.")
class DisableUserInput:
    """The input of `disableUser`."""

    user_id: Id[User] = strawberry.field(description="The user; not the caller.")


@payload_type(description="The result of `disableUser`.")
class DisableUserPayload:
    """The user, or LAST_ADMINISTRATOR."""

    user: User | None = changed("The user, whose sessions and connections have ended.")


@input_type(description="The input of `enableUser`: the user to let in again.")
class EnableUserInput:
    """The input of `enableUser`."""

    user_id: Id[User] = strawberry.field(description="The user.")


@payload_type(description="The result of `enableUser`.")
class EnableUserPayload:
    """The user."""

    user: User | None = changed("The user, who has to sign in anew.")


@input_type(description="The input of `resetUserPassword`: who gets a new password.")
class ResetUserPasswordInput:
    """The input of `resetUserPassword`."""

    user_id: Id[User] = strawberry.field(description="The user; not the caller.")


@payload_type(description="The result of `resetUserPassword`.")
class ResetUserPasswordPayload:
    """The password, which is shown this once."""

    user: User | None = changed("The user, whose sessions have ended.")
    one_time_password: str | None = changed(
        "The new password. It is shown once, and has to be changed when it is used for the first time."
    )
    expires_at: datetime.datetime | None = changed("The time from which it cannot be used any more.")


@input_type(description="The input of `unlinkUserCredential`: a credential of a user.")
class UnlinkUserCredentialInput:
    """The input of `unlinkUserCredential`."""

    user_id: Id[User] = strawberry.field(description="The user.")
    kind: CredentialKind = strawberry.field(description="The kind of the credential.")
    address: str = strawberry.field(description="The account, name, number or address, as `credentials` shows it.")


@payload_type(description="The result of `unlinkUserCredential`.")
class UnlinkUserCredentialPayload:
    """The user, NOT_FOUND or LAST_CREDENTIAL."""

    user: User | None = changed("The user, with the credentials of now.")


@root_type
class ManagementMutation:
    """Mutations."""

    @mutation(
        "Change what is known of a user, and what they sign in with.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, CredentialTaken),
    )
    async def update_user(self, info: Info, input: UpdateUserInput) -> UpdateUserPayload:
        """Refused with USER_NOT_FOUND, INVALID_INPUT or CREDENTIAL_TAKEN."""
        changes = profiles.Changes(
            name=input.name,
            class_name=input.class_name,
            major=input.major,
            account=input.account,
            mobile=input.mobile,
            email=input.email,
        )
        row = await profiles.update_user(info.context.scope, user_id=input.user_id, changes=changes)
        return UpdateUserPayload(user=from_row(User, row))

    @mutation(
        "Keep a user out of every API until they are enabled; their sessions and connections end. What they wrote"
        " stays.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, LastAdministrator),
    )
    async def disable_user(self, info: Info, input: DisableUserInput) -> DisableUserPayload:
        """Refused with USER_NOT_FOUND, LAST_ADMINISTRATOR, or INVALID_INPUT for oneself."""
        found = await access.disable(info.context.scope, user_ids=[input.user_id])
        return DisableUserPayload(user=from_row(User, outcomes.only(found)[0]))

    @mutation(
        "Let a disabled user in again, who has to sign in anew.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound),
    )
    async def enable_user(self, info: Info, input: EnableUserInput) -> EnableUserPayload:
        """Refused with USER_NOT_FOUND."""
        found = await access.enable(info.context.scope, user_ids=[input.user_id])
        return EnableUserPayload(user=from_row(User, outcomes.only(found)[0]))

    @mutation(
        "Give a user a new password for one use. Their sessions end.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, ServiceBusy),
        exclusive=True,
    )
    async def reset_user_password(self, info: Info, input: ResetUserPasswordInput) -> ResetUserPasswordPayload:
        """Refused with USER_NOT_FOUND, or INVALID_INPUT for oneself."""
        (issued,) = await issue_passwords(info.context.scope, user_ids=[input.user_id])
        row = outcomes.only([issued.outcome])[0]
        return ResetUserPasswordPayload(
            user=from_row(User, row), one_time_password=issued.password, expires_at=issued.expires_at
        )

    @mutation(
        "Let a user sign in with one of their credentials no more, while another remains. All WeChat credentials go"
        " together.",
        policy=administrator,
        errors=(InvalidInput, UserNotFound, NotFound, LastCredential),
    )
    async def unlink_user_credential(self, info: Info, input: UnlinkUserCredentialInput) -> UnlinkUserCredentialPayload:
        """Refused with USER_NOT_FOUND, NOT_FOUND or LAST_CREDENTIAL."""
        scope = info.context.scope
        await credentials.unlink_of(scope, user_id=input.user_id, kind=input.kind, identifier=input.address)
        return UnlinkUserCredentialPayload(user=from_row(User, await users.load_user(scope, input.user_id)))

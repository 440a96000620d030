"""Mutations about people: signing in and out, passwords, credentials, profile, roles and import."""

from auth.policies import administrator, password_holder, public, signed_in
from models.errors import (
    AwaitingActivation,
    AwaitingApproval,
    ChannelUnavailable,
    CredentialTaken,
    ForeignSession,
    InvalidInput,
    LastAdministrator,
    RoleMissing,
    ServiceBusy,
    SessionNotUpdated,
    TokenNotCreated,
    TooManyRequests,
    UserNotFound,
    WrongCode,
    WrongCredentials,
    WrongPassword,
)
from models.identity import CredentialKind
from resolvers.identity import credentials, imports, roles, sign_in, tables, users
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.mutations import mutation
from schema.engine.types import root_type
from schema.identity.inputs import (
    ChangePasswordInput,
    ChangePasswordPayload,
    ImportUsersFromFileInput,
    ImportUsersFromFilePayload,
    ImportUsersInput,
    ImportUsersPayload,
    LinkCredentialInput,
    LinkCredentialPayload,
    RejectedLine,
    RejectedUser,
    ResetPasswordInput,
    ResetPasswordPayload,
    RoleInput,
    RolePayload,
    SendCodeInput,
    SendCodePayload,
    SignInInput,
    SignInPayload,
    SignOutPayload,
    UpdateProfileInput,
    UpdateProfilePayload,
)
from schema.identity.user import User

OWN_SESSION = "It begins or ends one session of its owner; failures are recorded once they are many."


@root_type
class IdentityMutation:
    """Mutations."""

    @mutation(
        "Sign in and get a token.",
        policy=public,
        errors=(
            InvalidInput,
            WrongCredentials,
            UserNotFound,
            AwaitingActivation,
            AwaitingApproval,
            RoleMissing,
            TooManyRequests,
            ServiceBusy,
            TokenNotCreated,
            SessionNotUpdated,
        ),
        exclusive=True,
        unaudited=OWN_SESSION,
    )
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload:
        """Refused with WRONG_CREDENTIALS, whichever of the two is wrong, with TOO_MANY_REQUESTS after too many wrong
        passwords, and with SERVICE_BUSY while too many wait to sign in.
        """
        signed = await sign_in.sign_in(
            info.context.scope,
            kind=input.kind,
            identifier=input.identifier,
            password=input.password,
            api=info.context.api,
        )
        return SignInPayload.of(signed)

    @mutation(
        "Replace the caller's token by a new one; the old one becomes invalid.",
        policy=signed_in,
        errors=(ForeignSession, UserNotFound, TokenNotCreated),
        exclusive=True,
        unaudited=OWN_SESSION,
    )
    async def refresh(self, info: Info) -> SignInPayload:
        """Refused with FOREIGN_SESSION for a session of another API."""
        return SignInPayload.of(await sign_in.refresh(info.context.scope, api=info.context.api))

    @mutation("End the caller's session.", policy=signed_in, errors=(ForeignSession,), unaudited=OWN_SESSION)
    async def sign_out(self, info: Info) -> SignOutPayload:
        """Refused with FOREIGN_SESSION for a session of another API."""
        await sign_in.sign_out(info.context.scope, api=info.context.api)
        return SignOutPayload(signed_out=True)

    @mutation(
        "Change the caller's password or, as an administrator, another user's.",
        policy=password_holder,
        errors=(InvalidInput, UserNotFound, WrongPassword, TooManyRequests, ServiceBusy),
        exclusive=True,
    )
    async def change_password(self, info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:
        """Refused with WRONG_PASSWORD, TOO_MANY_REQUESTS, INVALID_INPUT or USER_NOT_FOUND."""
        row = await sign_in.change_password(
            info.context.scope,
            user_id=input.user_id,
            old_password=input.old_password,
            new_password=input.new_password,
        )
        return ChangePasswordPayload(user=from_row(User, row))

    @mutation(
        "Send a code for resetting a forgotten password.",
        policy=public,
        errors=(InvalidInput, TooManyRequests, ChannelUnavailable),
        exclusive=True,
    )
    async def send_password_reset_code(self, info: Info, input: SendCodeInput) -> SendCodePayload:
        """The answer does not tell whether anybody signs in with the address."""
        await credentials.send_reset_code(info.context.scope, kind=input.kind, address=input.address)
        return SendCodePayload(accepted=True, verification_code="")

    @mutation(
        "Set a forgotten password with the code that was sent.",
        policy=public,
        errors=(InvalidInput, UserNotFound, WrongCode, WrongPassword, TooManyRequests, ServiceBusy),
        exclusive=True,
    )
    async def reset_password(self, info: Info, input: ResetPasswordInput) -> ResetPasswordPayload:
        """Refused with WRONG_CODE or INVALID_INPUT."""
        await credentials.reset_password(
            info.context.scope,
            kind=input.kind,
            address=input.address,
            code=input.code,
            new_password=input.new_password,
        )
        return ResetPasswordPayload(reset=True)

    @mutation(
        "Send a code that proves an address to sign in with.",
        policy=signed_in,
        errors=(InvalidInput, TooManyRequests, ChannelUnavailable),
        exclusive=True,
    )
    async def send_credential_code(self, info: Info, input: SendCodeInput) -> SendCodePayload:
        """For `linkCredential`."""
        code = await credentials.send_link_code(info.context.scope, kind=input.kind, address=input.address)
        return SendCodePayload(accepted=True, verification_code=code)

    @mutation(
        "Link an address, proven by the code sent to it, or a user name, proven by the password, as a credential."
        " A credential of another user is rejected; `mergeAccounts` merges the accounts of one person.",
        policy=signed_in,
        errors=(InvalidInput, UserNotFound, WrongCode, WrongPassword, CredentialTaken, TooManyRequests, ServiceBusy),
        exclusive=True,
    )
    async def link_credential(self, info: Info, input: LinkCredentialInput) -> LinkCredentialPayload:
        """Refused with WRONG_CODE, WRONG_PASSWORD, INVALID_INPUT or CREDENTIAL_TAKEN."""
        scope = info.context.scope
        if input.kind is CredentialKind.USERNAME:
            await credentials.link_username(scope, username=input.address, password=input.password)
        else:
            await credentials.link_address(scope, kind=input.kind, address=input.address, code=input.code)
        return LinkCredentialPayload(user=from_row(User, await users.load_user(scope, scope.viewer_id)))

    @mutation("Change the caller's class and major.", policy=signed_in, errors=(InvalidInput, UserNotFound))
    async def update_profile(self, info: Info, input: UpdateProfileInput) -> UpdateProfilePayload:
        """Refused with INVALID_INPUT."""
        row = await users.update_profile(info.context.scope, class_name=input.class_name, major=input.major)
        return UpdateProfilePayload(user=from_row(User, row))

    @mutation("Grant a role to a user.", policy=administrator, errors=(InvalidInput, UserNotFound))
    async def grant_role(self, info: Info, input: RoleInput) -> RolePayload:
        """Refused with USER_NOT_FOUND."""
        row = await roles.grant_role(info.context.scope, user_id=input.user_id, role=input.role)
        return RolePayload(user=from_row(User, row))

    @mutation("Revoke a role of a user.", policy=administrator, errors=(InvalidInput, UserNotFound, LastAdministrator))
    async def revoke_role(self, info: Info, input: RoleInput) -> RolePayload:
        """Refused with USER_NOT_FOUND or LAST_ADMINISTRATOR."""
        row = await roles.revoke_role(info.context.scope, user_id=input.user_id, role=input.role)
        return RolePayload(user=from_row(User, row))

    @mutation(
        "Import students; valid rows are imported even if others are rejected.",
        policy=administrator,
        errors=(InvalidInput,),
        exclusive=True,
    )
    async def import_users(self, info: Info, input: ImportUsersInput) -> ImportUsersPayload:
        """Refused with INVALID_INPUT for an empty list or one that is too long."""
        new = [imports.NewUser(user.account, user.name, user.class_name, user.major) for user in input.users]
        result = await imports.import_users(info.context.scope, users=new)
        return ImportUsersPayload(
            imported_count=result.imported,
            rejected=[
                RejectedUser(
                    index=row.index,
                    account=row.account,
                    code=row.code,
                    message=info.context.wording.said(row.message, within=f"users.{row.index}"),
                )
                for row in result.rejected
            ],
        )

    @mutation(
        "Add the students of a table that people keep in a file; good rows stay when others are rejected.",
        policy=administrator,
        errors=(InvalidInput,),
        exclusive=True,
    )
    async def import_users_from_file(self, info: Info, input: ImportUsersFromFileInput) -> ImportUsersFromFilePayload:
        """Refused with INVALID_INPUT for a file that is no table, or one of none or too many rows."""
        result = await tables.import_file(
            info.context.scope, content=await input.file.read(), name=input.file.filename or "file"
        )
        return ImportUsersFromFilePayload(
            imported_count=result.imported,
            sheet=result.sheet,
            unread_sheets=list(result.unread),
            rejected=[
                RejectedLine(
                    line=row.line,
                    account=row.account,
                    code=row.code,
                    message=info.context.wording.said(row.reason, within="file"),
                )
                for row in result.rejected
            ],
        )

"""Inputs and payloads of the mutations about people."""

import datetime

import strawberry
from starlette.datastructures import UploadFile

from auth.policies import public
from models.errors import ErrorCode
from models.identity import CredentialKind, Role
from resolvers.identity.imports import MAX_IMPORT
from resolvers.identity.sign_in import SignedIn
from schema.engine.fields import column, from_row
from schema.engine.mutations import changed, payload_type
from schema.engine.types import input_type, value_type
from schema.identity.user import User


@input_type(description="The input of `signIn`: an identifier and its password.")
class SignInInput:
    """The input of `signIn`."""

    identifier: str = strawberry.field(description="The account, name, number or address.")
    password: str = strawberry.field(description="The password.")
    kind: CredentialKind = strawberry.field(
        default=CredentialKind.STUDENT_ACCOUNT,
        description="What the identifier is; for USERNAME it may be the mobile number too.",
    )


@payload_type(description="The result of `signIn` and `refresh`.")
class SignInPayload:
    """A token, WRONG_CREDENTIALS, TOO_MANY_REQUESTS, SERVICE_BUSY, AWAITING_ACTIVATION, AWAITING_APPROVAL or
    ROLE_MISSING.
    """

    token: str | None = changed("The token, to be sent as `Authorization: Bearer <token>`.")
    expires_at: datetime.datetime | None = changed("When the token dies.")
    expires_in: int | None = changed("In how many seconds it dies.")
    user: User | None = changed("Who signed in.")
    password_change_required: bool | None = changed(
        "Whether the token opens nothing but `changePassword` until that is done."
    )

    @classmethod
    def of(cls, signed_in: SignedIn) -> "SignInPayload":
        """The payload for a new session."""
        return cls(
            token=signed_in.token.text,
            expires_at=signed_in.token.expires_at,
            expires_in=signed_in.token.expires_in,
            user=from_row(User, signed_in.user),
            password_change_required=signed_in.is_confined,
        )


@payload_type(description="The result of `signOut`.")
class SignOutPayload:
    """Whether the session has ended."""

    signed_out: bool | None = changed("True once the token is dead.")


@input_type(description="The new password.")
class ChangePasswordInput:
    """The input of `changePassword`."""

    user_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whose; the caller's own if left out. Others': administrators only."
    )
    old_password: str | None = strawberry.field(
        default=None, description="The present password; administrators leave it out for others."
    )
    new_password: str = strawberry.field(description="From 6 characters to 72 bytes in UTF-8.")


@payload_type(description="The result of `changePassword`.")
class ChangePasswordPayload:
    """Whose password was changed."""

    user: User | None = changed("Whose password was changed; their other sessions have ended.")


@input_type(
    description="The input of `sendPasswordResetCode` and `sendCredentialCode`: the address that the code goes to."
)
class SendCodeInput:
    """The input of `sendPasswordResetCode` and `sendCredentialCode`."""

    kind: CredentialKind = strawberry.field(description="MOBILE or EMAIL.")
    address: str = strawberry.field(description="The mobile number or e-mail address.")


@payload_type(description="The result of asking for a code.")
class SendCodePayload:
    """Whether the request was accepted."""

    accepted: bool | None = changed("True if a code is on its way, or would be if anybody signed in with that address.")
    verification_code: str | None = changed(
        "The code itself where development shows it, else empty. Never the one for a forgotten password."
    )


@input_type(description="A forgotten password.")
class ResetPasswordInput:
    """The input of `resetPassword`."""

    kind: CredentialKind = strawberry.field(description="MOBILE or EMAIL.")
    address: str = strawberry.field(description="Where the code was sent.")
    code: str = strawberry.field(description="The code.")
    new_password: str = strawberry.field(description="From 6 characters to 72 bytes in UTF-8.")


@payload_type(description="The result of `resetPassword`.")
class ResetPasswordPayload:
    """Whether the password was set."""

    reset: bool | None = changed("True once the new password holds; all sessions have ended.")


@input_type(description="The input of `linkCredential`: an address with its code, or a user name with the password.")
class LinkCredentialInput:
    """The input of `linkCredential`."""

    kind: CredentialKind = strawberry.field(description="MOBILE, EMAIL or USERNAME.")
    address: str = strawberry.field(description="Where the code was sent; the user name for USERNAME.")
    code: str | None = strawberry.field(default=None, description="The code, for MOBILE and EMAIL.")
    password: str | None = strawberry.field(
        default=None,
        description="The caller's password, for USERNAME; it becomes theirs if they have none yet.",
    )


@payload_type(description="The result of `linkCredential`, `linkWechat` and `unlinkCredential`.")
class LinkCredentialPayload:
    """The caller."""

    user: User | None = changed("The caller, with the credentials of now.")


@input_type(description="The caller's details.")
class UpdateProfileInput:
    """The input of `updateProfile`."""

    class_name: str = strawberry.field(description="The class, at most 64 characters.")
    major: str = strawberry.field(description="The major, at most 64 characters.")


@payload_type(description="The result of `updateProfile`.")
class UpdateProfilePayload:
    """The caller."""

    user: User | None = changed("The caller.")


@input_type(description="A role of a user.")
class RoleInput:
    """The input of `grantRole` and `revokeRole`."""

    user_id: strawberry.ID = strawberry.field(description="Whose.")
    role: Role = strawberry.field(description="Which.")


@payload_type(description="The result of `grantRole` and `revokeRole`.")
class RolePayload:
    """The user."""

    user: User | None = changed("The user; a changed role is in force with their next request, whatever the token.")


@input_type(description="A student to add. The first password is the end of the account.")
class NewUserInput:
    """A row of `importUsers`."""

    account: str = strawberry.field(description="The student account, 10 characters.")
    name: str = strawberry.field(description="The name, at most 64 characters.")
    class_name: str = strawberry.field(default="", description="The class, at most 64 characters.")
    major: str = strawberry.field(default="", description="The major, at most 64 characters.")


@input_type(description="Students to add.")
class ImportUsersInput:
    """The input of `importUsers`."""

    users: list[NewUserInput] = strawberry.field(description=f"At least one, at most {MAX_IMPORT}.")


@value_type(description="A row that was not imported.", policy=public)
class RejectedUser:
    """An entry of `rejected`."""

    index: int = column("Where it stands in the input, from 0.")
    account: str = column("Its account.")
    code: ErrorCode = column("Why, for programs.")
    message: str = column("Why, for people.")


@payload_type(description="The result of `importUsers`: good rows stay when others are rejected.")
class ImportUsersPayload:
    """What was imported and what was not."""

    imported_count: int | None = changed("How many were added.")
    rejected: list[RejectedUser] = column(f"The rows that were not, at most {MAX_IMPORT}.", default_factory=list)


@input_type(description="A table of students to add, in a multipart request.")
class ImportUsersFromFileInput:
    """The input of `importUsersFromFile`."""

    file: UploadFile = strawberry.field(
        description=(
            "A .csv or .xlsx file. One of its first 20 rows names the columns 学号 姓名 班级 专业, or account name"
            f" class major, of which the first two are required; below it are at most {MAX_IMPORT} rows."
        )
    )


@value_type(description="A row of a file that was not imported.", policy=public)
class RejectedLine:
    """An entry of `rejected`."""

    line: int = column("The number that an editor or a spreadsheet shows beside the row.")
    account: str = column("Its account; empty where there is none.")
    code: ErrorCode = column("Why, for programs.")
    message: str = column("Why, for people.")


@payload_type(description="The result of `importUsersFromFile`: good rows stay when others are rejected.")
class ImportUsersFromFilePayload:
    """What was imported and what was not."""

    imported_count: int | None = changed("How many were added.")
    sheet: str | None = changed(
        "The worksheet that was read: the first visible one with such headings; empty for .csv."
    )
    unread_sheets: list[str] = column("The other visible worksheets that are not empty.", default_factory=list)
    rejected: list[RejectedLine] = column(
        f"The rows that were not, each once and in order, at most {MAX_IMPORT}.", default_factory=list
    )

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
from schema.engine.ids import Id
from schema.engine.mutations import changed, payload_type
from schema.engine.texts import Account, ClassName, Code, Name, Secret
from schema.engine.types import input_type, value_type
from schema.identity.user import User


@input_type(description="The input of `signIn`: an identifier and its password.")
class SignInInput:
    """The input of `signIn`."""

    identifier: str = strawberry.field(description="The account, name, number or address.")
    password: Secret = strawberry.field(description="The password.")
    kind: CredentialKind | None = strawberry.field(
        default=None,
        description="The kind of the identifier; for USERNAME it may also be the mobile number. If omitted, its form"
        " decides: EMAIL with an @, MOBILE for a mobile number, STUDENT_ACCOUNT for ten letters or digits, otherwise"
        " USERNAME.",
    )


@payload_type(description="The result of `signIn` and `refresh`.")
class SignInPayload:
    """A token, WRONG_CREDENTIALS, TOO_MANY_REQUESTS, SERVICE_BUSY, AWAITING_ACTIVATION, AWAITING_APPROVAL or
    ROLE_MISSING.
    """

    token: str | None = changed("The token, to be sent as `Authorization: Bearer <token>`.")
    expires_at: datetime.datetime | None = changed("The time when the token expires.")
    expires_in: int | None = changed("The seconds until the token expires.")
    user: User | None = changed("The user.")
    password_change_required: bool | None = changed(
        "Whether the token allows only `changePassword` until the password is changed."
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

    signed_out: bool | None = changed("True if the token is now invalid.")


@input_type(description="The new password.")
class ChangePasswordInput:
    """The input of `changePassword`."""

    user_id: Id[User] | None = strawberry.field(
        default=None, description="The user; defaults to the caller. Only administrators may name another user."
    )
    old_password: Secret | None = strawberry.field(
        default=None,
        description="The current password; not needed when an administrator changes another user's password.",
    )
    new_password: Secret = strawberry.field(description="From 6 characters to 72 bytes in UTF-8.")


@payload_type(description="The result of `changePassword`.")
class ChangePasswordPayload:
    """Whose password was changed."""

    user: User | None = changed("The user whose password was changed; their other sessions have ended.")


@input_type(
    description="The input of `sendPasswordResetCode` and `sendCredentialCode`: the address that the code goes to."
)
class SendCodeInput:
    """The input of `sendPasswordResetCode` and `sendCredentialCode`."""

    kind: CredentialKind = strawberry.field(description="MOBILE or EMAIL.")
    address: str = strawberry.field(description="The mobile number or e-mail address.")


@payload_type(description="The result of requesting a code.")
class SendCodePayload:
    """Whether the request was accepted."""

    accepted: bool | None = changed("True, whether or not the address is known.")
    verification_code: str | None = changed(
        "The code itself in development, otherwise empty. Never the one for a forgotten password."
    )


@input_type(description="A forgotten password.")
class ResetPasswordInput:
    """The input of `resetPassword`."""

    kind: CredentialKind = strawberry.field(description="MOBILE or EMAIL.")
    address: str = strawberry.field(description="The address that the code was sent to.")
    code: Code = strawberry.field(description="The code.")
    new_password: Secret = strawberry.field(description="From 6 characters to 72 bytes in UTF-8.")


@payload_type(description="The result of `resetPassword`.")
class ResetPasswordPayload:
    """Whether the password was set."""

    reset: bool | None = changed("True if the new password is set; all sessions have ended.")


@input_type(description="The input of `linkCredential`: an address with its code, or a user name with the password.")
class LinkCredentialInput:
    """The input of `linkCredential`."""

    kind: CredentialKind = strawberry.field(description="MOBILE, EMAIL or USERNAME.")
    address: str = strawberry.field(description="The address that got the code; the user name for USERNAME.")
    code: Code | None = strawberry.field(default=None, description="The code, for MOBILE and EMAIL.")
    password: Secret | None = strawberry.field(
        default=None,
        description="The caller's password, for USERNAME; a caller without a password gets this one.",
    )


@payload_type(description="The result of `linkCredential`, `linkWechat` and `unlinkCredential`.")
class LinkCredentialPayload:
    """The caller."""

    user: User | None = changed("The caller, with the credentials of now.")


@input_type(description="The caller's details.")
class UpdateProfileInput:
    """The input of `updateProfile`."""

    class_name: ClassName = strawberry.field(description="The class, at most 64 characters.")
    major: str = strawberry.field(description="The major, at most 64 characters.")


@payload_type(description="The result of `updateProfile`.")
class UpdateProfilePayload:
    """The caller."""

    user: User | None = changed("The caller.")


@input_type(description="A role of a user.")
class RoleInput:
    """The input of `grantRole` and `revokeRole`."""

    user_id: Id[User] = strawberry.field(description="The user.")
    role: Role = strawberry.field(description="The role.")


@payload_type(description="The result of `grantRole` and `revokeRole`.")
class RolePayload:
    """The user."""

    user: User | None = changed(
        "The user; a changed role takes effect with their next request, regardless of the token."
    )


@input_type(description="A student to import. The initial password is the last six characters of the account.")
class NewUserInput:
    """A row of `importUsers`."""

    account: Account = strawberry.field(description="The student account, 10 letters or digits.")
    name: Name = strawberry.field(description="The name, at most 64 characters.")
    class_name: ClassName = strawberry.field(default="", description="The class, at most 64 characters.")
    major: str = strawberry.field(default="", description="The major, at most 64 characters.")


@input_type(description="The students to import.")
class ImportUsersInput:
    """The input of `importUsers`."""

    users: list[NewUserInput] = strawberry.field(description=f"The students: at least one, at most {MAX_IMPORT}.")


@value_type(description="A row that was not imported.", policy=public)
class RejectedUser:
    """An entry of `rejected`."""

    index: int = column("The position in the input, from 0.")
    account: str = column("Its account.")
    code: ErrorCode = column("The reason, for programs.")
    message: str = column("The reason, for people.")


@payload_type(description="The result of `importUsers`: valid rows are imported even if others are rejected.")
class ImportUsersPayload:
    """What was imported and what was not."""

    imported_count: int | None = changed("The number of imported students.")
    rejected: list[RejectedUser] = column("The rows that were not.", at_most=MAX_IMPORT, default_factory=list)


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
    code: ErrorCode = column("The reason, for programs.")
    message: str = column("The reason, for people.")


@payload_type(description="The result of `importUsersFromFile`: good rows stay when others are rejected.")
class ImportUsersFromFilePayload:
    """What was imported and what was not."""

    imported_count: int | None = changed("The number of imported students.")
    sheet: str | None = changed(
        "The worksheet that was read: the first visible one with such headings; empty for .csv."
    )
    unread_sheets: list[str] = column("The other visible worksheets that are not empty.", default_factory=list)
    rejected: list[RejectedLine] = column(
        "The rows that were not, each once and in order.", at_most=MAX_IMPORT, default_factory=list
    )

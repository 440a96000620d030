"""Inputs and payloads of registering, and of changing the addresses that somebody signs in with."""

import strawberry

from resolvers.identity.contact import ContactCodePurpose, MobileProof
from schema.engine.mutations import changed, payload_type
from schema.engine.texts import Code, Email, Phone, Secret, Username
from schema.engine.types import enum_type, input_type
from schema.identity.user import User

enum_type(
    ContactCodePurpose,
    description="The purpose of a code for the caller's own addresses.",
    values={
        ContactCodePurpose.BIND_EMAIL: "For `bindEmail`: goes to the e-mail address to bind.",
        ContactCodePurpose.CHANGE_MOBILE_BY_MOBILE: "For `changeMobile`: goes to the current mobile number.",
        ContactCodePurpose.CHANGE_MOBILE_BY_EMAIL: "For `changeMobile`: goes to the present e-mail address; a"
        " pending one is confirmed by it.",
        ContactCodePurpose.NEW_MOBILE: "For `changeMobile`: goes to the new mobile number.",
        ContactCodePurpose.CHANGE_EMAIL: "For `changeEmail`: goes to the present e-mail address; a pending one is"
        " confirmed by it.",
    },
)
enum_type(
    MobileProof,
    description="The proof for changing a mobile number.",
    values={
        MobileProof.MOBILE: "A code of CHANGE_MOBILE_BY_MOBILE.",
        MobileProof.EMAIL: "A code of CHANGE_MOBILE_BY_EMAIL.",
    },
)


@input_type(description="The input of `sendRegistrationCode`: the mobile number to register with.")
class SendRegistrationCodeInput:
    """The input of `sendRegistrationCode`."""

    mobile: Phone = strawberry.field(description="A mobile number of mainland China.")


@input_type(description="A new developer.")
class RegisterDeveloperInput:
    """The input of `registerDeveloper`."""

    username: Username = strawberry.field(
        description="3 to 32 letters, digits, Chinese characters, underscores, hyphens or dots."
    )
    mobile: Phone = strawberry.field(description="The address that the code was sent to.")
    password: Secret = strawberry.field(description="From 6 characters to 72 bytes in UTF-8.")
    code: Code = strawberry.field(description="The code.")


@payload_type(description="The result of `registerDeveloper`.")
class RegisterDeveloperPayload:
    """The new user."""

    user: User | None = changed("The new user, who is not signed in yet.")


@input_type(description="A code for the caller's own addresses.")
class SendContactCodeInput:
    """The input of `sendContactCode`."""

    purpose: ContactCodePurpose = strawberry.field(description="The purpose.")
    address: str | None = strawberry.field(
        default=None, description="The address to send it to; optional for a current address, required for a new one."
    )


@input_type(description="A first e-mail address.")
class BindEmailInput:
    """The input of `bindEmail`."""

    email: Email = strawberry.field(description="The address that the code was sent to.")
    code: Code = strawberry.field(description="The code of BIND_EMAIL.")


@input_type(description="The new mobile number and the codes that prove the change.")
class ChangeMobileInput:
    """The input of `changeMobile`."""

    proof: MobileProof = strawberry.field(description="The kind of proof: which of the next two codes is required.")
    old_mobile_code: Code | None = strawberry.field(
        default=None, description="The code of CHANGE_MOBILE_BY_MOBILE, for the proof MOBILE."
    )
    old_email_code: Code | None = strawberry.field(
        default=None, description="The code of CHANGE_MOBILE_BY_EMAIL, for the proof EMAIL."
    )
    new_mobile: Phone = strawberry.field(description="The new number.")
    new_code: Code = strawberry.field(description="The code of NEW_MOBILE.")


@input_type(description="The new e-mail address and the code for the current one.")
class ChangeEmailInput:
    """The input of `changeEmail`."""

    old_email: Email = strawberry.field(description="The present address, which may be a pending one.")
    code: Code = strawberry.field(description="The code of CHANGE_EMAIL.")
    new_email: Email = strawberry.field(description="The new address, which gets a confirmation link.")


@payload_type(description="The result of `bindEmail`, `changeMobile` and `changeEmail`.")
class ContactPayload:
    """The caller."""

    user: User | None = changed("The caller.")


@input_type(description="The token of a link in an e-mail.")
class ConfirmEmailInput:
    """The input of `confirmEmail`."""

    token: Secret = strawberry.field(description="The value of `token` in the link.")


@payload_type(description="The result of `confirmEmail`.")
class ConfirmEmailPayload:
    """Whether the address is confirmed."""

    confirmed: bool | None = changed("True if the address can now be used to sign in.")

"""Mutations about accounts: registering, and changing the addresses that somebody signs in with."""

from auth.policies import public, signed_in
from models.errors import (
    ChannelUnavailable,
    CredentialTaken,
    InvalidInput,
    NotFound,
    ServiceBusy,
    TooManyRequests,
    UserNotFound,
    WrongCode,
)
from resolvers.identity import contact, registration
from schema.engine.context import Info
from schema.engine.fields import from_row
from schema.engine.mutations import mutation
from schema.engine.types import root_type
from schema.identity.account_inputs import (
    BindEmailInput,
    ChangeEmailInput,
    ChangeMobileInput,
    ConfirmEmailInput,
    ConfirmEmailPayload,
    ContactPayload,
    RegisterDeveloperInput,
    RegisterDeveloperPayload,
    SendContactCodeInput,
    SendRegistrationCodeInput,
)
from schema.identity.inputs import SendCodePayload
from schema.identity.user import User


@root_type
class AccountsMutation:
    """Mutations."""

    @mutation(
        "Send a registration code to a mobile number.",
        policy=public,
        errors=(InvalidInput, TooManyRequests, ChannelUnavailable),
        exclusive=True,
    )
    async def send_registration_code(self, info: Info, input: SendRegistrationCodeInput) -> SendCodePayload:
        """For `registerDeveloper`."""
        code = await registration.send_registration_code(info.context.scope, mobile=input.mobile)
        return SendCodePayload(accepted=True, verification_code=code)

    @mutation(
        "Register with a user name and a mobile number, proven by the code sent there.",
        policy=public,
        errors=(InvalidInput, CredentialTaken, WrongCode, TooManyRequests, ServiceBusy),
        exclusive=True,
    )
    async def register_developer(self, info: Info, input: RegisterDeveloperInput) -> RegisterDeveloperPayload:
        """Refused with INVALID_INPUT, CREDENTIAL_TAKEN or, when nothing else is wrong, WRONG_CODE."""
        row = await registration.register_developer(
            info.context.scope,
            username=input.username,
            mobile=input.mobile,
            password=input.password,
            code=input.code,
        )
        return RegisterDeveloperPayload(user=from_row(User, row))

    @mutation(
        "Send a code that proves a current or new address of the caller.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, UserNotFound, TooManyRequests, ChannelUnavailable),
        exclusive=True,
    )
    async def send_contact_code(self, info: Info, input: SendContactCodeInput) -> SendCodePayload:
        """Refused with NOT_FOUND where the caller has no such address."""
        code = await contact.send_contact_code(info.context.scope, purpose=input.purpose, address=input.address)
        return SendCodePayload(accepted=True, verification_code=code)

    @mutation(
        "Add a first e-mail address to the caller's credentials.",
        policy=signed_in,
        errors=(InvalidInput, UserNotFound, WrongCode, CredentialTaken, TooManyRequests),
        exclusive=True,
    )
    async def bind_email(self, info: Info, input: BindEmailInput) -> ContactPayload:
        """Refused with WRONG_CODE, CREDENTIAL_TAKEN, or INVALID_INPUT where there is one already."""
        row = await contact.bind_email(info.context.scope, email=input.email, code=input.code)
        return ContactPayload(user=from_row(User, row))

    @mutation(
        "Replace the caller's mobile number.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, WrongCode, CredentialTaken, TooManyRequests),
        exclusive=True,
    )
    async def change_mobile(self, info: Info, input: ChangeMobileInput) -> ContactPayload:
        """Refused with WRONG_CODE, CREDENTIAL_TAKEN, or NOT_FOUND without an address that proves it."""
        proves_mobile = input.proof is contact.MobileProof.MOBILE
        row = await contact.change_mobile(
            info.context.scope,
            proof=input.proof,
            old_code=input.old_mobile_code if proves_mobile else input.old_email_code,
            new_mobile=input.new_mobile,
            new_code=input.new_code,
        )
        return ContactPayload(user=from_row(User, row))

    @mutation(
        "Change the e-mail address. The current one stays valid for signing in until the link in the e-mail to the"
        " new one is opened.",
        policy=signed_in,
        errors=(InvalidInput, NotFound, WrongCode, CredentialTaken, TooManyRequests, ChannelUnavailable),
        exclusive=True,
    )
    async def change_email(self, info: Info, input: ChangeEmailInput) -> ContactPayload:
        """Refused with WRONG_CODE, or NOT_FOUND for an old address that is not the caller's."""
        row = await contact.change_email(
            info.context.scope, old_email=input.old_email, code=input.code, new_email=input.new_email
        )
        return ContactPayload(user=from_row(User, row))

    @mutation(
        "Confirm the e-mail address that a link was sent to.",
        policy=public,
        errors=(WrongCode, CredentialTaken, TooManyRequests),
        exclusive=True,
    )
    async def confirm_email(self, info: Info, input: ConfirmEmailInput) -> ConfirmEmailPayload:
        """Refused with WRONG_CODE, or CREDENTIAL_TAKEN if somebody signs in with it meanwhile."""
        await contact.confirm_email(info.context.scope, token=input.token)
        return ConfirmEmailPayload(confirmed=True)

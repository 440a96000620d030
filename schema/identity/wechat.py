"""WeChat, captchas and codes by short message in the graph."""

import base64
import datetime

import strawberry

from auth.captcha import MEDIA_TYPE
from auth.policies import public, signed_in, with_parent
from models.errors import (
    AwaitingApproval,
    ChannelUnavailable,
    CredentialTaken,
    InvalidInput,
    RoleMissing,
    ServiceBusy,
    SessionNotUpdated,
    TokenNotCreated,
    TooManyRequests,
    WechatBlocked,
    WechatUnavailable,
    WrongCaptcha,
    WrongCode,
)
from models.identity import WechatProgram
from resolvers.identity import captchas, users, wechat
from schema.engine.context import Info
from schema.engine.fields import column, from_row
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Code, Phone, Secret
from schema.engine.types import input_type, root_type, value_type
from schema.identity.inputs import LinkCredentialPayload, SendCodePayload
from schema.identity.mutations import OWN_SESSION
from schema.identity.user import User


@input_type(description="The input of `signInWithWechat` and `linkWechat`: a code of WeChat.")
class WechatInput:
    """The input of `signInWithWechat` and `linkWechat`."""

    program: WechatProgram = strawberry.field(description="The program that got the code from WeChat.")
    code: Secret = strawberry.field(
        description="The code of `wx.login`, valid once. Development without WeChat accepts `dev-` and a name instead."
    )


@payload_type(description="The result of `signInWithWechat`.")
class WechatSignInPayload:
    """A token, or WRONG_CODE, WECHAT_BLOCKED, TOO_MANY_REQUESTS, SERVICE_BUSY or WECHAT_UNAVAILABLE."""

    token: str | None = changed("The token, to be sent as `Authorization: Bearer <token>`.")
    expires_at: datetime.datetime | None = changed("The time when the token expires.")
    expires_in: int | None = changed("The seconds until the token expires.")
    openid: str | None = changed("The openid of the user in this program.")
    user: User | None = changed("The user.")


@value_type(description="An image of digits that a person has to read.", policy=with_parent)
class Captcha:
    """A new captcha."""

    token: str = column("The token to send with the answer.")
    expires_at: datetime.datetime = column("The time when it expires.")
    name: str = column("The file name.")
    media_type: str = column("The media type.")
    content_base64: str = column("The image, in base64.")


@payload_type(description="The result of `createCaptcha`.")
class CreateCaptchaPayload:
    """The captcha, or TOO_MANY_REQUESTS."""

    captcha: Captcha | None = changed("The captcha, valid for one answer within five minutes.")


@input_type(description="The input of `sendPhoneCode`: a mobile number, and the answer to a picture.")
class SendPhoneCodeInput:
    """The input of `sendPhoneCode`."""

    captcha_token: Secret = strawberry.field(description="The captcha's token.")
    captcha_answer: Code = strawberry.field(
        description="The answer to the captcha. The captcha is used up even if it is wrong."
    )
    mobile: Phone = strawberry.field(description="A mobile number of mainland China.")


@root_type
class WechatMutation:
    """Mutations."""

    @mutation(
        "Sign in with WeChat. An unknown identity creates a user.",
        policy=public,
        errors=(
            InvalidInput,
            WrongCode,
            WechatBlocked,
            WechatUnavailable,
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
    async def sign_in_with_wechat(self, info: Info, input: WechatInput) -> WechatSignInPayload:
        """Refused with WRONG_CODE, WECHAT_BLOCKED, TOO_MANY_REQUESTS, SERVICE_BUSY or WECHAT_UNAVAILABLE."""
        context = info.context
        signed_in = await wechat.sign_in_with_wechat(
            context.scope, program=input.program, code=input.code, api=context.api
        )
        token = signed_in.session.token
        return WechatSignInPayload(
            token=token.text,
            expires_at=token.expires_at,
            expires_in=token.expires_in,
            openid=signed_in.openid,
            user=from_row(User, signed_in.session.user),
        )

    @mutation(
        "Link a WeChat identity as a credential of the caller.",
        policy=signed_in,
        errors=(
            InvalidInput,
            WrongCode,
            WechatBlocked,
            WechatUnavailable,
            CredentialTaken,
            TooManyRequests,
            ServiceBusy,
        ),
        exclusive=True,
    )
    async def link_wechat(self, info: Info, input: WechatInput) -> LinkCredentialPayload:
        """Refused as signing in is, and with CREDENTIAL_TAKEN for an identity of somebody else."""
        scope = info.context.scope
        await wechat.link_wechat(scope, program=input.program, code=input.code)
        return LinkCredentialPayload(user=from_row(User, await users.load_user(scope, scope.viewer_id)))

    @mutation("Create a captcha.", policy=public, errors=(TooManyRequests,), exclusive=True)
    async def create_captcha(self, info: Info) -> CreateCaptchaPayload:
        """Refused with TOO_MANY_REQUESTS."""
        created = await captchas.create_captcha(info.context.scope)
        return CreateCaptchaPayload(
            captcha=Captcha(
                token=created.token,
                expires_at=created.expires_at,
                name="captcha.png",
                media_type=MEDIA_TYPE,
                content_base64=base64.b64encode(created.image).decode(),
            )
        )

    @mutation(
        "Send a code that proves a mobile number; requires a captcha answer.",
        policy=public,
        errors=(InvalidInput, WrongCaptcha, TooManyRequests, ChannelUnavailable),
        exclusive=True,
    )
    async def send_phone_code(self, info: Info, input: SendPhoneCodeInput) -> SendCodePayload:
        """The code is for `linkCredential` or `verifyResumePhone`, of whoever reads it."""
        code = await captchas.send_phone_code(
            info.context.scope,
            captcha_token=input.captcha_token,
            captcha_answer=input.captcha_answer,
            mobile=input.mobile,
        )
        return SendCodePayload(accepted=True, verification_code=code)

"""Captchas, and the code that is sent after a correct answer."""

from auth.captcha import NewCaptcha
from auth.rate_limits import Limit
from models.identity import CodePurpose, CredentialKind
from resolvers.identity import codes, guessing
from resolvers.identity.identifiers import checked_address
from resolvers.scope import Scope


async def create_captcha(scope: Scope) -> NewCaptcha:
    """A picture to be answered within five minutes. Raises TooManyRequests."""
    await scope.services.limits.hit(Limit.CAPTCHA_PER_CLIENT, scope.network)
    return await scope.services.captchas.create(scope.transaction, now=scope.now)


async def send_phone_code(scope: Scope, *, captcha_token: str, captcha_answer: str, mobile: str) -> str:
    """Send a code that proves a mobile number to whoever answers a captcha; that is used up, come what may.

    The code belongs to whoever reads it, since nobody has to be signed in. Returns what `codes.send` does.
    Raises WrongCaptcha, InvalidInput, TooManyRequests or ChannelUnavailable.
    """
    async with guessing.of_secret(scope) as guess:
        await scope.services.captchas.redeem(token=captcha_token, answer=captcha_answer, now=scope.now)
        await guess.take_back()
    return await codes.send(
        scope,
        purpose=CodePurpose.PROVE_PHONE,
        kind=CredentialKind.MOBILE,
        address=checked_address(CredentialKind.MOBILE, mobile, field="mobile"),
        user_id=None,
    )

"""WeChat sign-in: who stands behind the code that a mini-program was given.

In production and wherever a program has an app id, WeChat is asked (`jscode2session`). Development without
one has a form of its own: the code `dev-NAME` is the person with the openid `dev-NAME`, in every program.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from models.errors import InvalidInput, ServiceBusy, TooManyRequests, WechatBlocked, WechatUnavailable, WrongCode
from models.identity import WechatProgram
from models.settings import Settings

MAX_CODE = 256
MAX_IDENTIFIER = 128
PAUSE_SECONDS = 60
"""After WeChat's "too often", which is counted by the minute."""
BUSY_SECONDS = 5
"""After WeChat's "the system is busy", which it asks to wait for a moment after."""
DEVELOPMENT_APP_ID = "dev"
_DEVELOPMENT_PREFIX = "dev-"
_FIELD = "code"

_WRONG_CODE = {40029, 40163}
"""The code is invalid; the code was used."""
_TOO_OFTEN = {45011}
_BLOCKED = {40226}
"""WeChat holds the person to be a high risk."""
_BUSY = {-1}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class WechatIdentity:
    """A person as a program knows them; the unionid is the same in all programs that belong together."""

    app_id: str
    openid: str
    unionid: str | None = None


@dataclass(frozen=True, slots=True)
class _App:
    id: str
    secret: str


class Wechat:
    """Turns codes into identities."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"{settings.wechat_base_url.rstrip('/')}/sns/jscode2session"
        self._apps = {
            WechatProgram(program): _App(app_id, secret)
            for program, (app_id, secret) in settings.wechat_programs.items()
            if app_id
        }
        self._has_development_form = not settings.is_production
        self._ask: Callable[[str, Mapping[str, str]], Awaitable[dict[str, Any]]] | None = None
        if self._apps:
            # The HTTP client is imported here, where a program needs it, not by the first sign-in.
            from auth.wechat_http import ask

            self._ask = ask

    async def identify(self, program: WechatProgram, code: str) -> WechatIdentity:
        """Whom a program's code stands for.

        Raises WrongCode for a code that is wrong or used, WechatBlocked for a person whom WeChat does not let in,
        TooManyRequests, ServiceBusy, and WechatUnavailable when WeChat cannot be asked.
        """
        if not code or len(code) > MAX_CODE:
            raise InvalidInput("A code has 1 to {maximum} characters.", field=_FIELD, maximum=MAX_CODE)
        if self._ask is not None and (app := self._apps.get(program)):
            query = {"appid": app.id, "secret": app.secret, "js_code": code, "grant_type": "authorization_code"}
            reply = await self._ask(self._url, query)
            _check(reply)
            return WechatIdentity(app.id, _identifier(reply, "openid"), _identifier(reply, "unionid") or None)
        if self._has_development_form:
            return _development_identity(code)
        log.error("wechat_not_configured", missing=f"{program.upper()}_WECHAT_APP_ID")
        raise WechatUnavailable("WeChat sign-in is not configured for this program.")


def _development_identity(code: str) -> WechatIdentity:
    name = code.removeprefix(_DEVELOPMENT_PREFIX)
    if name == code or not name or not code.isprintable() or len(code) > MAX_IDENTIFIER:
        raise WrongCode("Without WeChat, a code is `dev-` and a name.", field=_FIELD)
    return WechatIdentity(DEVELOPMENT_APP_ID, code)


def _check(reply: dict[str, Any]) -> None:
    """Raise what an error of WeChat means; its success has either no `errcode` or 0."""
    error = reply.get("errcode", 0)
    if error in _WRONG_CODE:
        raise WrongCode(field=_FIELD)
    if error in _TOO_OFTEN:
        raise TooManyRequests(PAUSE_SECONDS)
    if error in _BLOCKED:
        raise WechatBlocked(field=_FIELD)
    if error in _BUSY:
        raise ServiceBusy(BUSY_SECONDS)
    if error != 0 or not reply.get("openid"):
        log.error("wechat_refused", errcode=error, errmsg=str(reply.get("errmsg", ""))[:255])
        raise WechatUnavailable


def _identifier(reply: dict[str, Any], name: str) -> str:
    identifier = reply.get(name) or ""
    if not isinstance(identifier, str) or len(identifier) > MAX_IDENTIFIER:
        log.error("wechat_identifier_invalid", name=name)
        raise WechatUnavailable
    return identifier

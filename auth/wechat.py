"""WeChat sign-in: exchanges the code of a mini-program for the user's identity.

In production and wherever a program has an app id, WeChat is asked (`jscode2session`). Development without
one has a form of its own: the code `dev-NAME` is the person with the openid `dev-NAME`, in every program.
"""

import ssl
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx2
import structlog

from models.errors import InvalidInput, TooManyRequests, WechatUnavailable, WrongCode
from models.identity import WechatProgram
from models.settings import Settings

TIMEOUT = 10
MAX_CODE = 256
MAX_IDENTIFIER = 128
PAUSE_SECONDS = 60
"""After WeChat's "too often", which is counted by the minute."""
DEVELOPMENT_APP_ID = "dev"
_DEVELOPMENT_PREFIX = "dev-"
_PATH = ("input", "code")

_WRONG_CODE = {40029, 40163}
"""The code is invalid; the code was used."""
_TOO_OFTEN = {45011}

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


@cache
def _certificates() -> ssl.SSLContext:
    """The system's, read when they are first needed."""
    return ssl.create_default_context()


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

    async def identify(self, program: WechatProgram, code: str) -> WechatIdentity:
        """Whom a program's code stands for.

        Raises WrongCode for a code that is wrong or used, TooManyRequests, and WechatUnavailable when WeChat
        cannot be asked.
        """
        if not code or len(code) > MAX_CODE:
            raise InvalidInput(f"A code has 1 to {MAX_CODE} characters.", path=_PATH)
        if app := self._apps.get(program):
            return await self._exchange(app, code)
        if self._has_development_form:
            return _development_identity(code)
        log.error("wechat_not_configured", missing=f"{program.upper()}_WECHAT_APP_ID")
        raise WechatUnavailable("WeChat sign-in is not configured for this program.")

    async def _exchange(self, app: _App, code: str) -> WechatIdentity:
        query = {"appid": app.id, "secret": app.secret, "js_code": code, "grant_type": "authorization_code"}
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, verify=_certificates()) as http:
                response = await http.get(self._url, params=query)
            response.raise_for_status()
            reply = response.json()
        except (httpx2.HTTPError, ValueError) as error:
            # The address holds the secret, so the error's own text is not logged.
            log.warning("wechat_failed", error=type(error).__name__)
            raise WechatUnavailable from None
        if not isinstance(reply, dict):
            raise WechatUnavailable
        _check(reply)
        return WechatIdentity(app.id, _identifier(reply, "openid"), _identifier(reply, "unionid") or None)


def _development_identity(code: str) -> WechatIdentity:
    name = code.removeprefix(_DEVELOPMENT_PREFIX)
    if name == code or not name or not code.isprintable() or len(code) > MAX_IDENTIFIER:
        raise WrongCode("Without WeChat, a code must be `dev-` and a name.", path=_PATH)
    return WechatIdentity(DEVELOPMENT_APP_ID, code)


def _check(reply: dict[str, Any]) -> None:
    """Raise what an error of WeChat means; its success has either no `errcode` or 0."""
    error = reply.get("errcode", 0)
    if error in _WRONG_CODE:
        raise WrongCode(path=_PATH)
    if error in _TOO_OFTEN:
        raise TooManyRequests(PAUSE_SECONDS)
    if error != 0 or not reply.get("openid"):
        log.error("wechat_refused", errcode=error, errmsg=str(reply.get("errmsg", ""))[:255])
        raise WechatUnavailable


def _identifier(reply: dict[str, Any], name: str) -> str:
    identifier = reply.get(name) or ""
    if not isinstance(identifier, str) or len(identifier) > MAX_IDENTIFIER:
        log.error("wechat_identifier_invalid", name=name)
        raise WechatUnavailable
    return identifier

"""The sign cloud's reply format: `{status, msg, data}`, 0 for success, and its headers."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from auth.principal import ClientDetails, TokenFault
from rest_compat.dialect import Credential, Dialect, json_response
from rest_compat.endpoint import Failure
from rest_compat.sign_cloud import failures
from rest_compat.sign_cloud.endpoints import ENDPOINTS, SERVICES
from schema.engine.errors import ErrorCode
from schema.engine.graph import Api, Settings

_LOCATION = re.compile(r"(-?\d{1,3}(?:\.\d{1,16})?)\s*[-,]\s*(-?\d{1,2}(?:\.\d{1,16})?)", re.ASCII)


class SignCloud(Dialect):
    """The sign cloud. Whatever is wrong with a request is HTTP 200 with a status other than 0; a missing or
    dead token is HTTP 401. Paths that belong to no other API are its.

    `platform_codes` are the values of X-platform-code that are accepted; none means any.
    """

    name = "sign_cloud"
    title = "Sign cloud mini-program"
    api = Api.SIGN_CLOUD
    prefixes: ClassVar[Sequence[str]] = ("",)
    folder = Path(__file__).parent
    security_scheme: ClassVar[Mapping[str, Any]] = {"type": "apiKey", "in": "header", "name": "X-auth-token"}
    headers: ClassVar[Mapping[str, str]] = {
        "X-platform-code": "平台标识；配置了 SIGN_CLOUD_PLATFORM_CODES 时必须是其中之一",
        "X-location": "坐标 lng-lat",
        "X-unique-key": "服务端下发的标识",
        "X-city": "所在城市名称",
    }
    endpoints = ENDPOINTS
    password_change_required = failures.PASSWORD_CHANGE_REQUIRED
    forbidden = failures.FORBIDDEN
    internal = failures.INTERNAL
    outage_code = 503
    not_found = failures.NO_SUCH_ENDPOINT
    method_not_allowed = failures.METHOD_NOT_ALLOWED
    too_large = failures.TOO_LARGE
    errors: ClassVar[Mapping[str, Failure]] = {
        ErrorCode.UNAUTHENTICATED: failures.UNAUTHENTICATED,
        ErrorCode.SERVICE_BUSY: failures.SERVICE_BUSY,
        ErrorCode.FORBIDDEN: failures.FORBIDDEN,
        ErrorCode.NOT_FOUND: failures.NOT_FOUND,
        ErrorCode.USER_NOT_FOUND: failures.UNAUTHENTICATED,
        ErrorCode.AWAITING_APPROVAL: failures.AWAITING_APPROVAL,
        ErrorCode.ROLE_MISSING: failures.NOT_ADMITTED,
        ErrorCode.WRONG_CODE: failures.WRONG_CODE,
        ErrorCode.WECHAT_BLOCKED: failures.WECHAT_BLOCKED,
        ErrorCode.WRONG_CAPTCHA: failures.WRONG_CAPTCHA,
        ErrorCode.TOO_MANY_REQUESTS: failures.TOO_MANY_REQUESTS,
        ErrorCode.CHANNEL_UNAVAILABLE: failures.NO_CHANNEL,
        ErrorCode.TOKEN_NOT_CREATED: failures.INTERNAL,
        ErrorCode.SESSION_NOT_UPDATED: failures.INTERNAL,
    }
    validation: ClassVar[Mapping[str, str | None]] = {**Dialect.validation, ErrorCode.WECHAT_UNAVAILABLE: None}

    def __init__(self, platform_codes: frozenset[str] = frozenset()) -> None:
        self._platform_codes = platform_codes

    def configured(self, settings: Settings) -> Dialect:
        """With the configured platform codes."""
        return type(self)(settings.platform_codes)

    async def credential(self, request: Request, route: Mapping[str, str]) -> Credential | None:
        """X-auth-token holds the bare token."""
        token = request.headers.get("x-auth-token")
        return Credential(f"Bearer {token}") if token else None

    def reject_request(self, request: Request) -> Failure | None:
        """A platform code that is not one of the configured ones."""
        if self._platform_codes and request.headers.get("x-platform-code") not in self._platform_codes:
            return failures.UNKNOWN_PLATFORM
        return None

    def client_details(self, request: Request) -> ClientDetails:
        """The X- headers. A value that is too long or makes no sense is left out: clients send `undefined`."""
        longitude, latitude = _coordinates(request.headers.get("x-location", ""))
        return ClientDetails(
            platform_code=_text(request, "x-platform-code", 64),
            unique_key=_text(request, "x-unique-key", 128),
            city=_text(request, "x-city", 64),
            longitude=longitude,
            latitude=latitude,
        )

    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """Status 0."""
        return json_response({"status": 0, "msg": message or "", "data": data})

    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """The failure's code and message."""
        return json_response({"status": failure.code, "msg": failure.message, "data": data}, failure.status)

    def unauthenticated(self, fault: TokenFault) -> Response:
        """HTTP 401, whatever is wrong with the token."""
        return self.refusal(failures.UNAUTHENTICATED)

    def invalid(self, message: str) -> Response:
        """HTTP 200; the message says what is wrong."""
        return self.refusal(failures.failure(failures.INVALID_CODE, message))


class SignCloudServices(SignCloud):
    """The two calls that answer `{error_code, data}`. A failure has its message beside the empty data:
    `{"error_code": 400, "msg": "…", "data": {}}`, which a client that reads `data.url` survives.
    """

    prefixes = ("/image", "/verifycode")
    endpoints = SERVICES

    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """Error code 0."""
        return json_response({"error_code": 0, "data": data or {}})

    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """The failure's code and message."""
        return json_response({"error_code": failure.code, "msg": failure.message, "data": data or {}}, failure.status)


def _text(request: Request, name: str, max_length: int) -> str:
    """A header, in UTF-8, percent-encoded or not; "" for one that cannot be kept."""
    sent = request.headers.get(name, "").encode("latin-1")
    try:
        value = unquote(sent.decode(), errors="strict").strip()
    except UnicodeDecodeError:
        return ""
    return value if value.isprintable() and len(value) <= max_length else ""


def _coordinates(location: str) -> tuple[float, float] | tuple[None, None]:
    found = _LOCATION.fullmatch(location.strip())
    if found is None:
        return None, None
    longitude, latitude = float(found[1]), float(found[2])
    return (longitude, latitude) if abs(longitude) <= 180 and abs(latitude) <= 90 else (None, None)

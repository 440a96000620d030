"""The talent feeds' reply format: a flat `{status, msg, …}`, always HTTP 200, and Basic credentials."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from starlette.requests import Request
from starlette.responses import Response

from auth.principal import TokenFault
from rest_compat.binding import BindingError
from rest_compat.body import read_body
from rest_compat.dialect import Credential, Dialect, is_named, json_response
from rest_compat.endpoint import Endpoint, Failure
from rest_compat.hr_feeds import failures
from rest_compat.hr_feeds.endpoints import ENDPOINTS
from schema.engine.errors import ErrorCode
from schema.engine.graph import Api

MAX_CREDENTIAL = 8192
"""The longest Authorization header that is read."""
MAX_USER = 20
"""The longest user that is compared; ids have 16 digits at most."""
GENERAL = "request"
"""The key of `errors` for what belongs to no parameter."""


class HrFeeds(Dialect):
    """The talent feeds. Who is not signed in is told so with HTTP 200, and never asked for a password.

    `always` is what the replies of one endpoint hold whatever its outcome.
    """

    name = "hr_feeds"
    title = "HR talent feeds"
    api = Api.HR_FEEDS
    prefixes = ("/hr", "/special_feed", "/feed", "/resumes", "/resume")
    folder = Path(__file__).parent
    security_scheme: ClassVar[Mapping[str, Any]] = {
        "type": "http",
        "scheme": "basic",
        "description": "auth_info.user 与 auth_info.token；也可以用参数 user 和 token",
    }
    endpoints = ENDPOINTS
    password_change_required = failures.PASSWORD_CHANGE_REQUIRED
    forbidden = failures.NOT_HR
    internal = failures.INTERNAL
    outage_code = "unavailable"
    not_found = failures.NO_SUCH_ENDPOINT
    method_not_allowed = failures.METHOD_NOT_ALLOWED
    too_large = failures.TOO_LARGE
    errors: ClassVar[Mapping[str, Failure]] = {
        ErrorCode.UNAUTHENTICATED: failures.NO_AUTH,
        ErrorCode.SERVICE_BUSY: failures.SERVICE_BUSY,
        ErrorCode.FORBIDDEN: failures.NOT_HR,
        ErrorCode.NOT_FOUND: failures.NOT_FOUND,
        ErrorCode.AWAITING_APPROVAL: failures.NOT_APPROVED,
        ErrorCode.TOO_MANY_REQUESTS: failures.TOO_MANY_REQUESTS,
        ErrorCode.CHANNEL_UNAVAILABLE: failures.NO_CHANNEL,
        ErrorCode.TOKEN_NOT_CREATED: failures.INTERNAL,
        ErrorCode.SESSION_NOT_UPDATED: failures.INTERNAL,
    }
    validation: ClassVar[Mapping[str, str | None]] = {
        **Dialect.validation,
        ErrorCode.CREDENTIAL_TAKEN: "该邮箱已被使用",
    }

    def __init__(self, always: Mapping[str, Any] | None = None) -> None:
        self._always = always or {}

    def at(self, endpoint: Endpoint) -> Dialect:
        """With what the endpoint's replies always hold."""
        return HrFeeds(endpoint.always)

    async def credential(self, request: Request, route: Mapping[str, str]) -> Credential | None:
        """The pair of user and token: in the path, in a Basic header, or as parameters of the query or a form."""
        header = request.headers.get("authorization")
        if "token" in route:
            return _pair(route)
        if header is not None:
            return _basic(header)
        if pair := _pair(request.query_params):
            return pair
        with suppress(BindingError):
            return _pair(await read_body(request))
        return None

    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """Status ok, and the data beside it, which may bring a message of its own."""
        return json_response({"status": "ok", "msg": message or "ok", **self._always, **(data or {})})

    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """The failure's status and message."""
        content = {"status": failure.code, "msg": failure.message, **self._always, **(data or {})}
        return json_response(content, failure.status)

    def unauthenticated(self, fault: TokenFault) -> Response:
        """HTTP 200, whatever is wrong with the credential."""
        return self.refusal(failures.NO_AUTH)

    def invalid(self, message: str) -> Response:
        """A form error of nothing in particular."""
        return self._form_error([(GENERAL, message)])

    def binding_errors(self, faults: Sequence[BindingError]) -> Response:
        """A form error with all of them."""
        return self._form_error([(fault.parameter or GENERAL, fault.fault) for fault in faults])

    def input_errors(self, faults: Sequence[tuple[str, str]], *, is_malformed: bool) -> Response:
        """A form error with all of them."""
        return self._form_error([(name or GENERAL, words) for name, words in faults])

    def _form_error(self, faults: Sequence[tuple[str, str]]) -> Response:
        errors: dict[str, list[str]] = {}
        for name, words in faults:
            errors.setdefault(name, []).append(words)
        name, words = faults[0]
        message = words if name == GENERAL or is_named(name, words) else f"{name} {words}"
        return self.refusal(Failure(failures.FORM_ERROR, message), {"errors": errors})


def _basic(header: str) -> Credential | None:
    """The pair in a header `Basic base64(user:token)`; None for anything else."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(header) > MAX_CREDENTIAL:
        return None
    try:
        user, separator, token = base64.b64decode(encoded.strip(), validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        return None
    return _credential(user, token) if separator else None


def _pair(parameters: Mapping[str, Any]) -> Credential | None:
    return _credential(parameters.get("user"), parameters.get("token"))


def _credential(user: Any, token: Any) -> Credential | None:
    if not (isinstance(user, str) and isinstance(token, str) and len(user) <= MAX_USER):
        return None
    return Credential(f"Bearer {token}", user)

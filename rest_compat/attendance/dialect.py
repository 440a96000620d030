"""The attendance back end's reply format: `{code, msg, data}`, 1 for success and 0 for failure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from starlette.responses import Response

from auth.principal import TokenFault
from rest_compat.attendance import failures
from rest_compat.attendance.endpoints import ENDPOINTS
from rest_compat.dialect import Dialect, json_response
from rest_compat.endpoint import Failure
from schema.engine.errors import ErrorCode
from schema.engine.graph import Api

SUCCESS = "success"


class Attendance(Dialect):
    """The attendance back end. A body that does not bind is HTTP 400; business failures are HTTP 200."""

    name = "attendance"
    title = "Attendance back end"
    api = Api.ATTENDANCE
    prefixes = ("/admin", "/user")
    folder = Path(__file__).parent
    endpoints = ENDPOINTS
    password_change_required = failures.PASSWORD_CHANGE_REQUIRED
    forbidden = failures.FORBIDDEN
    internal = failures.INTERNAL
    outage_code = 0
    not_found = failures.NO_SUCH_ENDPOINT
    method_not_allowed = failures.METHOD_NOT_ALLOWED
    too_large = failures.TOO_LARGE
    errors: ClassVar[Mapping[str, Failure]] = {
        ErrorCode.UNAUTHENTICATED: failures.UNAUTHENTICATED,
        ErrorCode.SERVICE_BUSY: failures.SERVICE_BUSY,
        ErrorCode.FORBIDDEN: failures.FORBIDDEN,
        ErrorCode.WRONG_CREDENTIALS: failures.WRONG_LOGIN,
        ErrorCode.AWAITING_APPROVAL: failures.AWAITING_APPROVAL,
        ErrorCode.ROLE_MISSING: failures.NOT_STAFF,
        ErrorCode.CREDENTIAL_TAKEN: failures.USERNAME_TAKEN,
        ErrorCode.WRONG_CODE: failures.WRONG_CODE,
        ErrorCode.WECHAT_BLOCKED: failures.WECHAT_BLOCKED,
        ErrorCode.TOO_MANY_REQUESTS: failures.TOO_MANY_REQUESTS,
        ErrorCode.TOKEN_NOT_CREATED: failures.INTERNAL,
        ErrorCode.SESSION_NOT_UPDATED: failures.INTERNAL,
    }
    validation: ClassVar[Mapping[str, str | None]] = {**Dialect.validation, ErrorCode.WECHAT_UNAVAILABLE: None}

    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """Code 1."""
        return json_response({"code": 1, "msg": message or SUCCESS, "data": data})

    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """Code 0 and the failure's message."""
        return json_response({"code": failure.code, "msg": failure.message, "data": data}, failure.status)

    def unauthenticated(self, fault: TokenFault) -> Response:
        """HTTP 401, whatever is wrong with the token."""
        return self.refusal(failures.UNAUTHENTICATED)

    def invalid(self, message: str) -> Response:
        """HTTP 400; the message says what is wrong."""
        return self.refusal(failures.failure(message, status=400))

    def rejected(self, message: str) -> Response:
        """HTTP 200; the message says what is wrong."""
        return self.refusal(failures.failure(message))

"""The recorder's reply format: `{code, msg, data}`, 0 for success, and its codes for tokens."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from starlette.responses import Response

from auth.principal import TokenFault
from rest_compat.dialect import Dialect, json_response
from rest_compat.endpoint import Failure
from rest_compat.work_progress.endpoints import ENDPOINTS
from rest_compat.work_progress.failures import (
    FORBIDDEN,
    INTERNAL,
    PASSWORD_CHANGE_REQUIRED,
    SERVICE_BUSY,
    TOO_MANY_GUESSES,
)
from schema.engine.errors import ErrorCode
from schema.engine.graph import Api

SUCCESS = "success"
INVALID = 100

_TOKEN_FAILURES = {
    TokenFault.MISSING: Failure(11, "未提供 Authorization 鉴权头", status=401),
    TokenFault.MALFORMED: Failure(12, "非法token", status=401),
    TokenFault.INVALID: Failure(13, "非法token", status=401),
    TokenFault.EXPIRED: Failure(14, "token已过期", status=401),
    TokenFault.USER_NOT_FOUND: Failure(16, "用户不存在", status=401),
    TokenFault.REVOKED: Failure(17, "token已失效", status=401),
}


class WorkProgress(Dialect):
    """The recorder. A body that does not bind is HTTP 400 with code 100; business failures are HTTP 200."""

    name = "work_progress"
    title = "Work-progress recorder"
    api = Api.WORK_PROGRESS
    prefixes = ("/api/v1",)
    folder = Path(__file__).parent
    endpoints = ENDPOINTS
    forbidden = FORBIDDEN
    password_change_required = PASSWORD_CHANGE_REQUIRED
    internal = INTERNAL
    outage_code = 503
    errors: ClassVar[Mapping[str, Failure]] = {
        ErrorCode.FORBIDDEN: FORBIDDEN,
        ErrorCode.TOO_MANY_REQUESTS: TOO_MANY_GUESSES,
        ErrorCode.SERVICE_BUSY: SERVICE_BUSY,
    }
    not_found = Failure(404, "接口不存在", status=404)
    method_not_allowed = Failure(405, "请求方法不允许", status=405)
    too_large = Failure(INVALID, "请求体过大", status=413)

    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """Code 0."""
        return json_response({"code": 0, "msg": message or SUCCESS, "data": data})

    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """The failure's code and message."""
        return json_response({"code": failure.code, "msg": failure.message, "data": data}, failure.status)

    def unauthenticated(self, fault: TokenFault) -> Response:
        """HTTP 401 with the code of the fault."""
        return self.refusal(_TOKEN_FAILURES[fault])

    def invalid(self, message: str) -> Response:
        """HTTP 400 with code 100; the message says what is wrong."""
        return self.refusal(Failure(INVALID, message, status=400))

"""The platform's reply format: `{status_code, message, data, meta}`, with real HTTP statuses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from starlette.responses import Response

from auth.principal import TokenFault
from rest_compat.developer_platform import failures
from rest_compat.developer_platform.endpoints import ENDPOINTS
from rest_compat.dialect import Dialect, json_response
from rest_compat.endpoint import Failure
from schema.engine.errors import ErrorCode
from schema.engine.graph import Api

SUCCESS = "操作成功"


class DeveloperPlatform(Dialect):
    """The platform. A body that does not bind is 422; a missing or dead token is 401."""

    name = "developer_platform"
    title = "Developer platform"
    api = Api.DEVELOPER_PLATFORM
    prefixes = ("/api",)
    folder = Path(__file__).parent
    endpoints = ENDPOINTS
    password_change_required = failures.PASSWORD_CHANGE_REQUIRED
    forbidden = failures.FORBIDDEN
    internal = failures.WRONG_DATA
    outage_code = 503
    blank_is_missing = True
    not_found = failures.NOT_FOUND
    method_not_allowed = failures.METHOD_NOT_ALLOWED
    too_large = failures.TOO_LARGE
    errors: ClassVar[Mapping[str, Failure]] = {
        ErrorCode.UNAUTHENTICATED: failures.UNAUTHENTICATED,
        ErrorCode.SERVICE_BUSY: failures.SERVICE_BUSY,
        ErrorCode.FORBIDDEN: failures.FORBIDDEN,
        ErrorCode.NOT_FOUND: failures.NOT_FOUND,
        ErrorCode.USER_NOT_FOUND: failures.NOT_FOUND,
        ErrorCode.AWAITING_APPROVAL: failures.AWAITING_APPROVAL,
        ErrorCode.ROLE_MISSING: failures.NOT_ADMITTED,
        ErrorCode.WRONG_CREDENTIALS: failures.WRONG_DATA,
        ErrorCode.WRONG_PASSWORD: failures.WRONG_DATA,
        ErrorCode.WRONG_CODE: failures.WRONG_DATA,
        ErrorCode.CHANNEL_UNAVAILABLE: failures.WRONG_DATA,
        ErrorCode.TOKEN_NOT_CREATED: failures.WRONG_DATA,
        ErrorCode.SESSION_NOT_UPDATED: failures.WRONG_DATA,
    }

    validation: ClassVar[Mapping[str, str | None]] = {
        **Dialect.validation,
        ErrorCode.CREDENTIAL_TAKEN: "已被使用",
        ErrorCode.TOO_MANY_REQUESTS: "请求过于频繁，请稍后再试",
    }

    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """HTTP 200; data is the empty text where there is none."""
        content = {"status_code": 200, "message": message or SUCCESS, "data": "" if data is None else data}
        return json_response(content if meta is None else {**content, "meta": meta})

    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """The failure's status and message."""
        return json_response({"status_code": failure.status, "message": failure.message}, failure.status)

    def unauthenticated(self, fault: TokenFault) -> Response:
        """HTTP 401, whatever is wrong with the token."""
        return self.refusal(failures.UNAUTHENTICATED)

    def invalid(self, message: str) -> Response:
        """HTTP 422; the message says what is wrong."""
        return self.refusal(failures.failure(422, message))

    def missing(self, message: str) -> Response:
        """HTTP 422 in the document's words."""
        return self.refusal(failures.INVALID)

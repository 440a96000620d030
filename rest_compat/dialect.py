"""A dialect: what the endpoints of one old API share, such as envelopes, codes and credentials."""

import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from auth.principal import ClientDetails, Principal, TokenFault
from rest_compat.binding import BindingError, MissingParameter
from rest_compat.endpoint import Endpoint, Failure
from schema.engine.errors import GRAPHQL_VALIDATION_FAILED, ErrorCode
from schema.engine.graph import Api, Settings
from schema.engine.http.replies import ReadyReply
from watching.headers import header

UNAVAILABLE = "服务暂时不可用，请稍后再试"
OUTCOME_UNKNOWN = "连接中断，操作是否成功未知，请确认后再试"
_JSON = (b"content-type", b"application/json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Credential:
    """What says who makes a call: an Authorization header, or what stands for it, and whom the caller claims to be."""

    authorization: str
    user: str | None = None

    def belongs_to(self, principal: Principal) -> bool:
        """Whether the token is that of whom the caller claims to be; compared in constant time.

        A client whose user was merged into another goes on to name the user that it signed in as.
        """
        if self.user is None:
            return True
        claimed = self.user.encode(errors="replace")
        ids = [number for number in (principal.user_id, principal.former_user_id) if number is not None]
        return any(hmac.compare_digest(claimed, str(number).encode()) for number in ids)


class Dialect(ABC):
    """An old API: its endpoints and how it speaks."""

    name: ClassVar[str]
    title: ClassVar[str]
    api: ClassVar[Api]
    prefixes: ClassVar[Sequence[str]]
    """Where its paths begin; unknown paths below answer in its envelope."""
    folder: ClassVar[Path]
    security_scheme: ClassVar[Mapping[str, Any]] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    """What a call of somebody signed in carries, in OpenAPI's terms."""
    headers: ClassVar[Mapping[str, str]] = {}
    """The headers that any call may carry besides the credential, and what they say."""
    endpoints: ClassVar[Sequence[Endpoint]]
    errors: ClassVar[Mapping[str, Failure]]
    """What error codes of the graph mean where an endpoint does not say otherwise."""
    validation: ClassVar[Mapping[str, str | None]] = {
        ErrorCode.INVALID_INPUT: None,
        GRAPHQL_VALIDATION_FAILED: "值无效",
    }
    """The error codes that mean that the request cannot be accepted as it is, and in which words; None is the
    graph's own."""
    blank_is_missing: ClassVar[bool] = False
    """Whether an empty text where a value is required is answered like one that was not sent."""
    not_found: ClassVar[Failure]
    method_not_allowed: ClassVar[Failure]
    too_large: ClassVar[Failure]
    forbidden: ClassVar[Failure]
    password_change_required: ClassVar[Failure]
    """What is answered to everything but the change of a password that somebody else knows, where that is needed."""
    internal: ClassVar[Failure]
    """What is answered when the call could not even be translated."""
    outage_code: ClassVar[int | str]
    """The code in the envelope of an outage, which is HTTP 503 in every API."""

    def configured(self, settings: Settings) -> "Dialect":
        """The dialect as this configuration wants it."""
        return self

    def at(self, endpoint: Endpoint) -> "Dialect":
        """The dialect as it speaks at one of its endpoints."""
        return self

    async def credential(self, request: Request, route: Mapping[str, str]) -> Credential | None:
        """Who a request says that it comes from; `route` is what the path holds."""
        authorization = header(request.scope, b"authorization")
        return None if authorization is None else Credential(authorization)

    def client_details(self, request: Request) -> ClientDetails | None:
        """What the client says about itself, where the API has headers for that."""
        return None

    def reject_request(self, request: Request) -> Failure | None:
        """Why a request is refused whatever it asks for."""
        return None

    @abstractmethod
    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """The reply of a call that succeeded: its data, its own message, and what stands beside the data."""

    @abstractmethod
    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """The reply of a call that failed; `data` is the rendered template of the failure."""

    def unavailable(self, *, retry_after: int | None) -> Response:
        """The reply while the database or the disk is unavailable.

        Without `retry_after` the change may have taken effect, so that the client must look before it tries again.
        """
        message = OUTCOME_UNKNOWN if retry_after is None else UNAVAILABLE
        response = self.refusal(Failure(self.outage_code, message, status=503))
        if retry_after is not None:
            response.headers["retry-after"] = str(retry_after)
        return response

    @abstractmethod
    def unauthenticated(self, fault: TokenFault) -> Response:
        """The reply to a caller who is not signed in."""

    @abstractmethod
    def invalid(self, message: str) -> Response:
        """The reply to a request that does not bind."""

    def rejected(self, message: str) -> Response:
        """The reply to a request that binds, but holds a value that the business does not accept."""
        return self.invalid(message)

    def missing(self, message: str) -> Response:
        """The reply to a request without a required parameter."""
        return self.invalid(message)

    def binding_errors(self, faults: Sequence[BindingError]) -> Response:
        """The reply to a request in which all this does not bind: by default it tells of the first."""
        first = faults[0]
        return self.missing(str(first)) if isinstance(first, MissingParameter) else self.invalid(str(first))

    def input_errors(self, faults: Sequence[tuple[str, str]], *, is_malformed: bool) -> Response:
        """The reply to a request with values that cannot be accepted: the parameters, "" where it is none, and why.

        By default it tells of the first. `is_malformed` says that the graph could not even read them.
        """
        name, words = faults[0]
        refuse = self.invalid if is_malformed else self.rejected
        return refuse(words if is_named(name, words) else f"{name}: {words}")


def is_named(name: str, words: str) -> bool:
    """Whether what is said of a parameter names it; of none, nothing needs to."""
    return not name or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words, re.ASCII) is not None


def json_response(content: Any, status: int = 200) -> Response:
    """A JSON reply."""
    return ReadyReply(orjson.dumps(content), status, [_JSON])

"""What the endpoints of one old API have in common: its envelopes, codes and credential."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import orjson
from starlette.requests import Request
from starlette.responses import Response

from auth.principal import ClientDetails, TokenFault
from rest_compat.endpoint import Endpoint, Failure
from schema.errors import GRAPHQL_VALIDATION_FAILED, ErrorCode
from schema.graph import Api, Settings


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
        GRAPHQL_VALIDATION_FAILED: None,
    }
    """The error codes that mean that the request cannot be accepted as it is, and in which words; None is the
    graph's own."""
    not_found: ClassVar[Failure]
    method_not_allowed: ClassVar[Failure]
    too_large: ClassVar[Failure]
    forbidden: ClassVar[Failure]
    internal: ClassVar[Failure]
    """What is answered when the call could not even be translated."""

    def configured(self, settings: Settings) -> "Dialect":
        """The dialect as this configuration wants it."""
        return self

    def credential(self, request: Request) -> str | None:
        """The Authorization header of a request, or what stands for it."""
        return request.headers.get("authorization")

    def client_details(self, request: Request) -> ClientDetails | None:
        """What the client says about itself, where the API has headers for that."""
        return None

    def unwelcome(self, request: Request) -> Failure | None:
        """Why a request is refused whatever it asks for."""
        return None

    @abstractmethod
    def success(self, data: Any, *, message: str | None = None, meta: Any = None) -> Response:
        """The reply of a call that succeeded: its data, its own message, and what stands beside the data."""

    @abstractmethod
    def refusal(self, failure: Failure, data: Any = None) -> Response:
        """The reply of a call that failed; `data` is the rendered template of the failure."""

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


def json_response(content: Any, status: int = 200) -> Response:
    """A JSON reply."""
    return Response(orjson.dumps(content), status, media_type="application/json")

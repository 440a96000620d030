"""Errors of requests that are not valid GraphQL requests, or use a wrong method."""

from collections.abc import Mapping

from graphql import GraphQLError

from schema.engine.errors import RequestErrorCode


class HttpRefusal(Exception):
    """A request is answered with this status and error, whatever it accepts."""

    def __init__(
        self, status: int, message: str, code: RequestErrorCode, *, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status = status
        self.error = GraphQLError(message, extensions={"code": code})
        self.headers = headers or {}


def bad_request(message: str) -> HttpRefusal:
    """The refusal of a request that is malformed."""
    return HttpRefusal(400, message, RequestErrorCode.BAD_REQUEST)

"""Errors of requests that are not valid GraphQL requests, or use a wrong method."""

from collections.abc import Mapping

from schema.engine.errors import ErrorCode, RequestError, RequestErrorCode
from schema.engine.wording import Message


class HttpRefusal(Exception):
    """A request is answered with this status and error, whatever it accepts."""

    def __init__(
        self,
        status: int,
        message: Message,
        code: RequestErrorCode | ErrorCode,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.error = RequestError(message, code)
        self.headers = headers or {}


def bad_request(text: str, /, **values: object) -> HttpRefusal:
    """The refusal of a request that is malformed."""
    return HttpRefusal(400, Message(text, **values), RequestErrorCode.BAD_REQUEST)

"""What a request asks for, read strictly: whatever is malformed raises HttpRefusal."""

from codecs import BOM_UTF8
from collections.abc import Mapping
from types import NoneType
from typing import Any, NamedTuple

import orjson
from starlette.requests import ClientDisconnect, Request

from schema.engine.errors import RequestErrorCode
from schema.engine.http.media_types import JSON, MULTIPART, body_type
from schema.engine.http.multipart import operations_of
from schema.engine.http.refusals import HttpRefusal, bad_request
from schema.engine.wording import Message
from watching.headers import headers_of

METHODS = ("GET", "POST")
MAX_COMMAS = 50_000
"""Counts the values of a body before any is made: they take many times the memory of the body."""
_TYPES = (
    ("query", str, Message("a string")),
    ("operationName", str, Message("a string")),
    ("variables", dict, Message("an object")),
    ("extensions", dict, Message("an object")),
)
_TEXT, _OBJECT = {str, NoneType}, {dict, NoneType}


class Asked(NamedTuple):
    """The parameters of a request, each with its type or None."""

    query: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


async def asked(request: Request) -> Asked:
    """What a request asks for."""
    method = request.scope["method"]
    if method == "GET":
        return from_parameters(request.query_params)
    if method != "POST":
        raise HttpRefusal(
            405,
            Message("GraphQL is served by GET and POST."),
            RequestErrorCode.METHOD_NOT_ALLOWED,
            headers={"allow": ", ".join(METHODS)},
        )
    headers = headers_of(request.scope)
    type_ = body_type(headers.get(b"content-type", b"").decode("latin-1"))
    if headers.get(b"content-encoding", b"identity") != b"identity" or type_ not in {JSON, MULTIPART}:
        raise HttpRefusal(
            415,
            Message(
                "The body must be {json} in UTF-8, or {multipart} with files, and not compressed.",
                json=JSON,
                multipart=MULTIPART,
            ),
            RequestErrorCode.UNSUPPORTED_MEDIA_TYPE,
            headers={"accept-post": f"{JSON}, {MULTIPART}"},
        )
    if type_ == JSON:
        return from_body(await _body(request))
    return from_object(await operations_of(request, decoded))


async def _body(request: Request) -> bytes:
    """The body, without the generators that `Request.body` reads it through. Raises ClientDisconnect."""
    parts: list[bytes] = []
    is_complete = False
    while not is_complete:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        is_complete = not message.get("more_body", False)
    return b"".join(parts)


def from_parameters(parameters: Mapping[str, str]) -> Asked:
    """What the query string of a GET request asks for; an empty parameter is none."""
    sent: dict[str, Any] = {name: parameters[name] for name, *_ in _TYPES if parameters.get(name)}
    for name in ("variables", "extensions"):
        if name in sent:
            sent[name] = decoded(sent[name])
    return from_object(sent)


def from_body(body: bytes) -> Asked:
    """What a JSON body asks for."""
    return from_object(decoded(body))


def decoded(text: str | bytes) -> object:
    """A value in JSON: in UTF-8, with or without a byte order mark, without NaN and lone surrogates, and not nested
    too deep.
    """
    sent = text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
    if sent.count(b",") > MAX_COMMAS:
        message = Message("The body has more than {maximum} values (counted by commas).", maximum=MAX_COMMAS)
        raise HttpRefusal(413, message, RequestErrorCode.PAYLOAD_TOO_LARGE)
    try:
        return orjson.loads(sent.removeprefix(BOM_UTF8))
    except ValueError as error:
        raise bad_request("The body is not valid JSON: {reason}.", reason=str(error)) from None


def from_object(sent: object) -> Asked:
    """What the JSON object of a request asks for."""
    if isinstance(sent, list):
        message = Message("Send one operation per request, not a list.")
        raise HttpRefusal(400, message, RequestErrorCode.BATCHING_NOT_SUPPORTED)
    if not isinstance(sent, dict):
        raise bad_request("The request must be a JSON object.")
    query, name, variables, extensions = map(sent.get, ("query", "operationName", "variables", "extensions"))
    found = Asked(query, name, variables, extensions)
    if type(query) is str and type(name) in _TEXT and type(variables) in _OBJECT and type(extensions) in _OBJECT:
        return found
    for (name, type_, description), value in zip(_TYPES, found, strict=True):
        if value is not None and not isinstance(value, type_):
            raise bad_request("`{name}` must be {description}.", name=name, description=description)
    return found

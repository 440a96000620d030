"""What a request asks for, read strictly: whatever is malformed raises HttpRefusal."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from schema.errors import RequestErrorCode
from schema.http.media_types import JSON, MULTIPART, body_type
from schema.http.multipart import operations_of
from schema.http.refusals import HttpRefusal, bad_request

METHODS = ("GET", "POST")
_TYPES = {
    "query": (str, "a string"),
    "operationName": (str, "a string"),
    "variables": (dict, "an object"),
    "extensions": (dict, "an object"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of a request, each with its type or None."""

    query: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


async def asked(request: Request) -> Asked:
    """What a request asks for."""
    if request.method == "GET":
        return from_parameters(request.query_params)
    if request.method != "POST":
        raise HttpRefusal(
            405,
            "GraphQL is served by GET and POST.",
            RequestErrorCode.METHOD_NOT_ALLOWED,
            headers={"allow": ", ".join(METHODS)},
        )
    headers = request.headers
    type_ = body_type(headers.get("content-type", ""))
    if headers.get("content-encoding", "identity") != "identity" or type_ not in {JSON, MULTIPART}:
        raise HttpRefusal(
            415,
            f"The body must be {JSON} in UTF-8, or {MULTIPART} with files, and not compressed.",
            RequestErrorCode.UNSUPPORTED_MEDIA_TYPE,
            headers={"accept-post": f"{JSON}, {MULTIPART}"},
        )
    if type_ == JSON:
        return from_body(await request.body())
    return from_object(await operations_of(request, decoded))


def from_parameters(parameters: Mapping[str, str]) -> Asked:
    """What the query string of a GET request asks for; an empty parameter is none."""
    sent: dict[str, Any] = {name: parameters[name] for name in _TYPES if parameters.get(name)}
    for name in ("variables", "extensions"):
        if name in sent:
            sent[name] = decoded(sent[name])
    return from_object(sent)


def from_body(body: bytes) -> Asked:
    """What a JSON body asks for."""
    return from_object(decoded(body))


def decoded(text: str | bytes) -> object:
    """A value in JSON: in UTF-8, without NaN and lone surrogates, and not nested too deep."""
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise bad_request(f"This is no JSON: {error}.") from None


def from_object(sent: object) -> Asked:
    """What the JSON object of a request asks for."""
    if isinstance(sent, list):
        raise HttpRefusal(
            400, "Send one operation a request, not a list of them.", RequestErrorCode.BATCHING_NOT_SUPPORTED
        )
    if not isinstance(sent, dict):
        raise bad_request("The request must be a JSON object.")
    for name, (type_, description) in _TYPES.items():
        if not isinstance(sent.get(name), type_ | None):
            raise bad_request(f"`{name}` must be {description}.")
    return Asked(
        query=sent.get("query"),
        operation_name=sent.get("operationName"),
        variables=sent.get("variables"),
        extensions=sent.get("extensions"),
    )

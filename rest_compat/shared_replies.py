"""Replies that any call of an API may return; `/openapi.json` describes them once for all calls."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from starlette.responses import Response

from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint
from rest_compat.json_schema import schema_of_values

RETRY_AFTER = 2
"""The seconds in the example of an outage."""
_LINE: Mapping[str, Any] = {"text/plain": {"schema": {"type": "string"}}}
OF_CONNECTIONS: Mapping[str, Mapping[str, Any]] = {
    "slow_client": {
        "description": f"{HTTPStatus.REQUEST_TIMEOUT.phrase}: the request did not arrive in time. The connection ends.",
        "content": _LINE,
    },
    "too_many_connections": {
        "description": f"{HTTPStatus.TOO_MANY_REQUESTS.phrase}: the client has too many connections. This one ends.",
        "content": _LINE,
    },
}
"""What the server says before a request comes to its API."""


def shared_replies(dialect: Dialect, endpoint: Endpoint) -> dict[str, dict[str, Any]]:
    """The replies that a call shares with others: by status, or `default`, the name among the components."""
    # Dialects may share the name of their API, and those of endpoints with `always` speak in their own way.
    name = type(dialect).__name__ + (f".{endpoint.operation}" if endpoint.always else "")
    named = {
        "408": "slow_client",
        "429": "too_many_connections",
        "503": f"{name}.unavailable",
        "default": f"{name}.refused",
    }
    return {status: {"$ref": f"#/components/responses/{component}"} for status, component in named.items()}


def shared_components(dialect: Dialect, endpoint: Endpoint) -> dict[str, dict[str, Any]]:
    """What `shared_replies` names but for `OF_CONNECTIONS`: outages, and refusals whatever is asked for."""
    replies = shared_replies(dialect, endpoint)
    outage, refused = (replies[status]["$ref"].rpartition("/")[2] for status in ("503", "default"))
    unavailable = [dialect.unavailable(retry_after=RETRY_AFTER), dialect.unavailable(retry_after=None)]
    refusals = [dialect.not_found, dialect.method_not_allowed, dialect.too_large]
    return {
        outage: {
            "description": f"{HTTPStatus.SERVICE_UNAVAILABLE.phrase}: the database or the disk is unavailable."
            " Without Retry-After the change may have taken effect.",
            "headers": {
                "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
            },
            "content": _described(unavailable),
        },
        refused: {
            "description": "The path, the method or the size of the request is rejected.",
            "content": _described([dialect.refusal(failure) for failure in refusals]),
        },
    }


def _described(responses: list[Response]) -> dict[str, Any]:
    bodies = [orjson.loads(response.body) for response in responses]
    distinct = [body for number, body in enumerate(bodies) if body not in bodies[:number]]
    examples = {f"reply_{number}": {"value": body} for number, body in enumerate(distinct, 1)}
    return {"application/json": {"schema": schema_of_values(distinct), "examples": examples}}

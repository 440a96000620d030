"""The media types of requests and replies."""

import re
from collections.abc import Callable
from functools import lru_cache, wraps

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
"""Says more by its status than `application/json`, under which whatever is well-formed is answered with 200."""
MULTIPART = "multipart/form-data"
_WEIGHT = re.compile(r"\s*q\s*=\s*(0(?:\.\d*)?|1(?:\.0*)?)\s*", re.IGNORECASE)
_SHORT = 200
"""Longer texts are not kept: clients send a few short ones again and again."""


def _kept(read: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """The same function, which keeps what it said of the last short texts."""
    keeping = lru_cache(maxsize=256)(read)

    @wraps(read)
    def kept(text: str) -> str | None:
        return keeping(text) if len(text) <= _SHORT else read(text)

    return kept


@_kept
def reply_type(accept: str) -> str | None:
    """The media type of a reply to who accepts this; None when there is none.

    `application/graphql-response+json` is for those who name it, since old clients do not know it.
    """
    if not accept.strip():
        return JSON
    weights = dict(_range(item) for item in accept.split(","))
    any_type = weights.get("application/*", weights.get("*/*", 0.0))
    of_json = weights.get(JSON, any_type)
    named = weights.get(GRAPHQL_RESPONSE, 0.0)
    if named and named >= of_json:
        return GRAPHQL_RESPONSE
    return JSON if of_json else None


def _range(item: str) -> tuple[str, float]:
    """A media range and its weight."""
    name, *parameters = item.split(";")
    weights = (found for parameter in parameters if (found := _WEIGHT.fullmatch(parameter)))
    weight = next(weights, None)
    return name.strip().lower(), float(weight[1]) if weight else 1.0


@_kept
def body_type(content_type: str) -> str | None:
    """The media type of a body that can be read as UTF-8; None for any other."""
    name, *parameters = content_type.split(";")
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            return None
    return name.strip().lower()

"""The headers of a request, read once for whoever looks for one."""

from collections.abc import Mapping, MutableMapping
from typing import Any

_HEADERS = "careergraph.headers"


def headers_of(scope: MutableMapping[str, Any]) -> Mapping[bytes, bytes]:
    """The headers of an ASGI scope by their names in small letters. Of several of a name, the first counts."""
    found: dict[bytes, bytes] | None = scope.get(_HEADERS)
    if found is None:
        found = scope[_HEADERS] = dict(reversed(scope["headers"]))
    return found


def header(scope: MutableMapping[str, Any], name: bytes) -> str | None:
    """The text of a header, the first of this name; None where there is none."""
    found = headers_of(scope).get(name)
    return None if found is None else found.decode("latin-1")

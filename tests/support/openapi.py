"""The server's `/openapi.json`, which takes a moment to write."""

from functools import cache
from typing import Any

from rest_compat.apis import DIALECTS
from rest_compat.openapi import openapi

VERSION = "1.2.3"


@cache
def document() -> dict[str, Any]:
    """The document, which nobody must change."""
    return openapi(DIALECTS, version=VERSION)

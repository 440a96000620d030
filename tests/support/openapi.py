"""The server's `/openapi.json`, which takes a moment to write, and whether replies are as it says."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import httpx2
from jsonschema_rs import Draft202012Validator

from rest_compat.apis import DIALECTS
from rest_compat.openapi import openapi

VERSION = "1.2.3"
_PARAMETER = re.compile(r"\{\w+\}")


@cache
def document() -> dict[str, Any]:
    """The document, which nobody must change."""
    return openapi(DIALECTS, version=VERSION)


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema or a response of the document, or the shared one that stands for it."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [resolved(part) for part in schema["anyOf"]]}
    if "$ref" not in schema:
        return schema
    kind, name = schema["$ref"].split("/")[-2:]
    found: Mapping[str, Any] = document()["components"][kind][name]
    return found


def undescribed(response: httpx2.Response) -> str | None:
    """What of a reply is not as the document says: its status, media type or body. None for what is no old API's."""
    method, path = response.request.method, response.request.url.path
    call = _call(method, path)
    if call is None:
        return None
    status = str(response.status_code)
    described = status if status in call["responses"] else "default"
    content = resolved(call["responses"][described])["content"]
    media_type = response.headers["content-type"].partition(";")[0]
    if media_type not in content:
        return f"{method} {path} is answered with HTTP {status} as {media_type}"
    if media_type != "application/json":
        return None
    error = next(_validator(method, _template(path), described).iter_errors(response.json()), None)
    return None if error is None else f"{method} {path} is answered with HTTP {status}: {error}"


def _call(method: str, path: str) -> Mapping[str, Any] | None:
    calls: Mapping[str, Any] = document()["paths"].get(_template(path), {})
    return calls.get(method.lower())


@cache
def _validator(method: str, template: str, described: str) -> Draft202012Validator:
    response = resolved(document()["paths"][template][method.lower()]["responses"][described])
    return Draft202012Validator(dict(resolved(response["content"]["application/json"]["schema"])))


@cache
def _templates() -> Mapping[str, str]:
    return {template.rstrip("/"): template for template in document()["paths"]}


@cache
def _patterns() -> Sequence[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(_PARAMETER.sub("[^/]+", path)), template) for path, template in _templates().items() if "{" in path
    ]


def _template(path: str) -> str | None:
    """The path of the document that a path of a request is, with or without a slash at its end."""
    plain = path.rstrip("/")
    if plain in _templates():
        return _templates()[plain]
    return next((template for pattern, template in _patterns() if pattern.fullmatch(plain)), None)

"""How an old parameter becomes a variable, in words."""

from collections.abc import Iterator, Mapping
from functools import singledispatch
from typing import Any

import orjson

from rest_compat.binding import Parameter, Rows
from rest_compat.converters import Choice, Code, Converter, File, Items, Milliseconds, NodeId
from rest_compat.endpoint import Endpoint
from rest_compat.hr_feeds.endpoints.recommendations import PageFromZero
from rest_compat.hr_feeds.forms import Names, OptionalFeed
from rest_compat.hr_feeds.shapes import Filled, ObjectId
from rest_compat.sign_cloud.shapes import Entries, OrBlank
from rest_compat.structured import Structured

Row = tuple[str, str, str, str]
"""The parameter, its place in the request, the variable, and the value to send."""


def parameter_rows(endpoint: Endpoint) -> Iterator[Row]:
    """Every parameter of an endpoint, then the variables that no request sets."""
    places = {"path": endpoint.route, "query": endpoint.query, "body": endpoint.body, "cookie": endpoint.cookies}
    for place, parameters in places.items():
        yield from _rows(parameters, place)
    for path, value in endpoint.fixed.items():
        yield "", "", code(path), f"always {_json(value)}"
    if endpoint.viewer_variable is not None:
        yield "", "", code(endpoint.viewer_variable), "the caller's own `id`, if no user is given"


def code(text: str) -> str:
    """The text as Markdown shows code, in a cell of a table too."""
    return f"`{text}`".replace("|", "\\|") if text else ""


def _rows(parameters: Mapping[str, Parameter], place: str, old: str = "", new: str = "") -> Iterator[Row]:
    for name, parameter in parameters.items():
        if not parameter.variable:
            yield code(f"{old}{name}"), place, "", "identifies the caller: replaced by the `Authorization` header"
            continue
        words = value_of(parameter.converter)
        if parameter.required:
            words += ", required"
        if parameter.default is not None:
            words += f"; {_json(parameter.default)} by default"
        yield code(f"{old}{name}"), place, code(f"{new}{parameter.variable}"), words
        if fields := _fields_of(parameter.converter):
            yield from _rows(fields, place, f"{old}{name}[].", f"{new}{parameter.variable}[].")


def _fields_of(converter: Converter) -> Mapping[str, Parameter]:
    match converter:
        case Rows(fields=fields) | Entries(rows=Rows(fields=fields)):
            return fields
        case Structured(converter=inner) | Filled(converter=inner) | OrBlank(converter=inner):
            return _fields_of(inner)
    return {}


@singledispatch
def value_of(converter: Converter) -> str:
    """The value to send to the graph instead of the old one, in words."""
    kind = converter.json_schema.get("type", "value")
    return {"string": "text", "array": "list"}.get(kind, str(kind))


@value_of.register(NodeId)
@value_of.register(ObjectId)
def _(converter: NodeId | ObjectId) -> str:
    return f"the `id` of the {converter.type_name}"


@value_of.register
def _(_converter: OptionalFeed) -> str:
    return value_of(ObjectId("Feed"))


@value_of.register(Code)
@value_of.register(Choice)
def _(converter: Code | Choice) -> str:
    return ", ".join(f"{_json(old)} → {_json(new)}" for old, new in converter.values.items())


@value_of.register
def _(converter: Names) -> str:
    if converter.words is None:
        return "list of texts instead of a comma-separated text"
    return "list of: " + value_of(Choice(converter.words))


@value_of.register
def _(_converter: Milliseconds) -> str:
    return "instant in ISO 8601 instead of milliseconds"


@value_of.register
def _(_converter: PageFromZero) -> str:
    return "integer, one more than before: pages count from 1"


@value_of.register
def _(_converter: File) -> str:
    return "`Upload`, in a multipart request"


@value_of.register
def _(converter: Items) -> str:
    return f"list of: {value_of(converter.item)}"


@value_of.register(Structured)
@value_of.register(Filled)
@value_of.register(OrBlank)
def _(converter: Structured | Filled | OrBlank) -> str:
    return value_of(converter.converter)


def _json(value: Any) -> str:
    return code(value if isinstance(value, str) and value else orjson.dumps(value).decode())

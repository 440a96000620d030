"""Shapes of lists: what of an endpoint's reply the database can make, of the template of a list's entries."""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_compat import instants
from rest_compat.endpoint import Endpoint
from rest_compat.reply import Constant, Each, Object, Or, Part, Via
from schema.engine import shapes
from schema.engine.shapes import Format, Shape, Shapes

_FORMATS = {instants.in_shanghai: Format.SHANGHAI, instants.seconds: Format.SECONDS}
_NODES = "nodes"


class _Unshaped(Exception):
    """A template does what no shape does."""


def shapes_of(endpoint: Endpoint) -> Shapes:
    """The shapes of the lists in an endpoint's reply, by root field, where nothing else looks at their entries."""
    if endpoint.outcomes or endpoint.meta is not None or not isinstance(endpoint.reply, Mapping):
        return {}
    lists = [part for part in endpoint.reply.values() if isinstance(part, Each)]
    found = {}
    for each in lists:
        root, _, rest = each.path.partition(".")
        others = [path for part in endpoint.reply.values() if part is not each for path in _paths(part)]
        if rest == _NODES and not any(_meet(path, each.path) for path in others):
            try:
                found[root] = _shape(each.template)
            except _Unshaped:
                continue
    return found


def _meet(one: str, other: str) -> bool:
    """Whether one of two paths leads to what the other leads through."""
    return not one or f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def _paths(template: Any) -> Iterator[str]:
    """The paths that a template follows; "" where it may follow any."""
    if isinstance(template, str):
        yield template
    elif isinstance(template, Mapping):
        for part in template.values():
            yield from _paths(part)
    elif isinstance(template, Part) and not isinstance(template, Constant):
        yield getattr(template, "path", "")


def _shape(template: Any) -> Shape:
    if isinstance(template, str) and template:
        return shapes.At(template)
    if isinstance(template, Mapping):
        return {name: _shape(part) for name, part in template.items()}
    if isinstance(template, Via) and template.shape is not None:
        return template.shape
    if isinstance(template, Via) and template.function in _FORMATS:
        return shapes.At(template.path, _FORMATS[template.function])
    if isinstance(template, Or) and isinstance(template.template, str) and isinstance(template.otherwise, str | int):
        return shapes.Or(shapes.At(template.template), template.otherwise)
    if isinstance(template, Each) and template.path.removesuffix(f".{_NODES}").isidentifier():
        return shapes.Each(template.path.removesuffix(f".{_NODES}"), _shape(template.template))
    if isinstance(template, Object) and "." not in template.path:
        return shapes.Under(template.path, _shape(template.template))
    raise _Unshaped

"""Shapes that the REST layer gives the objects of a list: what stands under which name, in which format.

A shape is a mapping of names to shapes, or one of the classes below. It is data, which a plan may make a part of a
statement of; where it cannot, the list holds the objects as they were selected.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Format(Enum):
    """How an instant is shown."""

    SHANGHAI = auto()
    """RFC 3339 in Shanghai time, to the second."""
    SECONDS = auto()
    """The Unix time in whole seconds."""


@dataclass(frozen=True, slots=True)
class At:
    """The value at a dotted path, null once something on the way is null."""

    path: str
    format: Format | None = None


@dataclass(frozen=True, slots=True)
class Or:
    """A value, or another where that is null."""

    shape: At
    otherwise: str | int


@dataclass(frozen=True, slots=True)
class Under:
    """The object at the key of a link, in a shape, or null. An operation may leave an `is_optional` one out."""

    key: str
    shape: "Shape"
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """The list at the key of a link, or of the `nodes` of the page that is there, each entry in a shape."""

    key: str
    shape: "Shape"


Shape = At | Or | Under | Each | Mapping[str, "Shape"]
Shapes = Mapping[str, Shape]
"""The shapes of the `nodes` of connections, by the keys of root fields."""

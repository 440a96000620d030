"""Replies: from the data of an operation to what an old client expects, as templates.

A template is a dotted path into the data, a dict of templates, or one of the classes below. Whatever hangs
on something that is null is null. Beside the operation's root fields, `$` holds its variables.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Part(ABC):
    """A template that is more than a path."""

    @abstractmethod
    def render(self, data: Any) -> Any:
        """The part of the reply made of the data."""


@dataclass(frozen=True, slots=True)
class Constant(Part):
    """The same value always."""

    value: Any

    def render(self, data: Any) -> Any:
        """The value."""
        return self.value


@dataclass(frozen=True, slots=True)
class Via(Part):
    """What a function makes of the value at a path, unless that is null."""

    function: Callable[[Any], Any]
    path: str = ""

    def render(self, data: Any) -> Any:
        """The function's result."""
        value = at(data, self.path)
        return None if value is None else self.function(value)


@dataclass(frozen=True, slots=True)
class Or(Part):
    """What a template makes of the data, or another value where that is null."""

    template: Any
    otherwise: Any

    def render(self, data: Any) -> Any:
        """The value."""
        value = render(self.template, data)
        return self.otherwise if value is None else value


@dataclass(frozen=True, slots=True)
class Each(Part):
    """A list, each entry of the path's list through a template."""

    path: str
    template: Any

    def render(self, data: Any) -> Any:
        """The list."""
        return [render(self.template, entry) for entry in at(data, self.path) or []]


@dataclass(frozen=True, slots=True)
class Object(Part):
    """The object at a path through a template, or null."""

    path: str
    template: Any

    def render(self, data: Any) -> Any:
        """The object."""
        value = at(data, self.path)
        return None if value is None else render(self.template, value)


@dataclass(frozen=True, slots=True)
class Keyed(Part):
    """An object with an entry for each entry of the path's list, by the value of its `key`."""

    path: str
    key: str
    template: Any

    def render(self, data: Any) -> Any:
        """The object."""
        return {entry[self.key]: render(self.template, entry) for entry in at(data, self.path) or []}


def render(template: Any, data: Any) -> Any:
    """The reply that a template makes of the data."""
    if template is None:
        return None
    if isinstance(template, str):
        return at(data, template)
    if isinstance(template, Part):
        return template.render(data)
    return {name: render(part, data) for name, part in template.items()}


def at(data: Any, path: str) -> Any:
    """The value at a dotted path, or None once something on the way is null; the empty path is the data."""
    if not path:
        return data
    for name in path.split("."):
        if data is None:
            return None
        data = data[name]
    return data

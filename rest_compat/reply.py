"""Replies: from the data of an operation to what an old client expects, as templates.

A template is a dotted path into the data, a dict of templates, or one of the classes below. Whatever hangs
on something that is null is null. Beside the operation's root fields, `$` holds its variables.

Templates are data, which the documentation reads too. `compiled` makes the function that renders one: a single
expression, as somebody would write it by hand for that reply.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from orjson import Fragment

from schema.engine.graph import generated
from schema.engine.shapes import Shape

Renderer = Callable[[Any], Any]
"""Makes a reply of data."""


class Source:
    """The source of a renderer in the making: expressions of numbered names alone. What the names of constants
    stand for is in `constants`, so that no text of a template ever becomes source.
    """

    def __init__(self) -> None:
        self.constants: dict[str, Any] = {}
        self._variables = 0

    def constant(self, value: Any) -> str:
        """The name of a value."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def variable(self) -> str:
        """The name of a variable that nothing else uses."""
        self._variables += 1
        return f"v{self._variables}"

    def expression(self, template: Any, data: str) -> str:
        """What a template makes of the data that a name stands for."""
        if template is None:
            return "None"
        if isinstance(template, str):
            return self.at(data, template)
        if isinstance(template, Part):
            return template.expression(self, data)
        entries = (f"{self.constant(name)}: {self.expression(part, data)}" for name, part in template.items())
        return f"{{{', '.join(entries)}}}"

    def at(self, data: str, path: str) -> str:
        """The value at a dotted path, or None once something on the way is null; the empty path is the data."""
        if not path:
            return data
        *parents, last = path.split(".")
        nulls = [f"{data} is None"]
        for name in parents:
            found = self.variable()
            nulls.append(f"({found} := {data}[{self.constant(name)}]) is None")
            data = found
        return f"(None if {' or '.join(nulls)} else {data}[{self.constant(last)}])"

    def unless_null(self, value: str, then: Callable[[str], str], otherwise: str = "None") -> str:
        """What `then` says of the name of a value, or another value where that is null."""
        found = self.variable()
        return f"({otherwise} if ({found} := {value}) is None else {then(found)})"

    def each(self, data: str, path: str, template: Any) -> str:
        """A list of what a template makes of each entry of a path's list, unless the database made it already."""
        entry = self.variable()
        made = f"{entry} if {entry}.__class__ is {self.constant(Fragment)} else {self.expression(template, entry)}"
        return self._over(data, path, f"[{made} for {entry} in entries]")

    def keyed(self, data: str, path: str, key: str, template: Any) -> str:
        """The same as a dict, by the value of a key of each entry."""
        entry = self.variable()
        item = f"{entry}[{self.constant(key)}]: {self.expression(template, entry)}"
        return self._over(data, path, f"{{{item} for {entry} in entries}}")

    def _over(self, data: str, path: str, comprehension: str) -> str:
        # A function, as what a comprehension goes over may not hold assignments.
        return f"(lambda entries: {comprehension})({self.at(data, path)} or ())"


def compiled(template: Any) -> Renderer:
    """The function that makes the reply of a template."""
    source = Source()
    return cast("Renderer", generated(f"lambda data: {source.expression(template, 'data')}", source.constants))


class Part(ABC):
    """A template that is more than a path."""

    shows: tuple[Any, ...] = ()
    """Templates of what it may make, for the documentation where it does not know the kind of the part."""

    @abstractmethod
    def expression(self, source: Source, data: str) -> str:
        """The part of the reply made of the data that a name stands for."""


@dataclass(frozen=True, slots=True)
class Constant(Part):
    """The same value always."""

    value: Any

    def expression(self, source: Source, data: str) -> str:
        """The value."""
        return source.constant(self.value)


@dataclass(frozen=True, slots=True)
class Via(Part):
    """What a function makes of the value at a path, unless that is null.

    `shows` are the templates of what it may make, for the documentation where the function's return type says less.
    `shape` is what it makes as the database makes it, if it can.
    """

    function: Callable[[Any], Any]
    path: str = ""
    shows: tuple[Any, ...] = ()
    shape: Shape | None = None

    def expression(self, source: Source, data: str) -> str:
        """The function's result."""
        return source.unless_null(
            source.at(data, self.path), lambda value: f"{source.constant(self.function)}({value})"
        )


@dataclass(frozen=True, slots=True)
class Or(Part):
    """What a template makes of the data, or another value where that is null."""

    template: Any
    otherwise: Any

    def expression(self, source: Source, data: str) -> str:
        """The value."""
        value = source.expression(self.template, data)
        return source.unless_null(value, lambda found: found, source.constant(self.otherwise))


@dataclass(frozen=True, slots=True)
class Each(Part):
    """A list, each entry of the path's list through a template."""

    path: str
    template: Any

    def expression(self, source: Source, data: str) -> str:
        """The list."""
        return source.each(data, self.path, self.template)


@dataclass(frozen=True, slots=True)
class Object(Part):
    """The object at a path through a template, or null."""

    path: str
    template: Any

    def expression(self, source: Source, data: str) -> str:
        """The object."""
        return source.unless_null(source.at(data, self.path), lambda found: source.expression(self.template, found))


@dataclass(frozen=True, slots=True)
class Keyed(Part):
    """An object with an entry for each entry of the path's list, by the value of its `key`."""

    path: str
    key: str
    template: Any

    def expression(self, source: Source, data: str) -> str:
        """The object."""
        return source.keyed(data, self.path, self.key, self.template)

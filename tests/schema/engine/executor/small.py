"""A small schema with something of everything that may go wrong."""

import dataclasses
import enum
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from typing import Annotated, Any, Never

import strawberry
from strawberry.relay import GlobalID

from auth import policies
from schema.engine.fields import resolved


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.input
class Filter:
    names: list[str] = strawberry.field(default_factory=lambda: ["a"])
    colour: Colour = Colour.RED
    inner: "Filter | None" = None


@strawberry.input
class Plain:
    """Of values that need no conversion."""

    number: int
    long_word: str | None
    colour: Colour | None = Colour.RED
    size: int = 3
    absent: int | None = strawberry.UNSET


@strawberry.input
class Marked:
    number: strawberry.Maybe[int | None]
    key: GlobalID | None = None


@strawberry.interface
class Named:
    name: str


def _told(value: object) -> str:
    """What a value is made of: Strawberry's own objects have no such text."""
    if dataclasses.is_dataclass(value):
        return str({field.name: _told(getattr(value, field.name)) for field in dataclasses.fields(value)})
    if isinstance(value, list):
        return str([_told(each) for each in value])
    return _told(value.value) if isinstance(value, strawberry.Some) else repr(value)


def _fails(words: str) -> Never:
    raise ValueError(words)


field: Callable[[Callable[..., Any]], Any] = resolved("Called without Strawberry's wrappers.", policy=policies.public)
"""Others are called with them."""
refused: Callable[[Callable[..., Any]], Any] = resolved("Nobody here may read it.", policy=policies.administrator)


@strawberry.type
class Leaf(Named):
    depth: int = 0

    @field
    def required(self) -> int:
        """Fails for some."""
        return self.depth if self.depth % 2 else _fails(f"{self.name} is even.")

    @strawberry.field
    def optional(self) -> int | None:
        """Fails for others."""
        return _fails(f"{self.name} is odd.") if self.depth % 2 else self.depth

    @field
    def returned(self) -> str | None:
        """An exception that is returned is an error."""
        return ValueError("Returned.")  # type: ignore[return-value]

    @field
    def null(self) -> str:
        """Null where there must be a value."""
        return None  # type: ignore[return-value]

    @field
    async def later(self) -> str:
        """Awaited."""
        return self.name

    @refused
    def secret(self) -> str | None:
        """Read at once."""
        return self.name

    @refused
    async def hidden(self) -> str | None:
        """Awaited."""
        return self.name

    @strawberry.field
    async def children(self, count: int = 2) -> list["Leaf"]:
        """Objects in a list that must be whole."""
        return [Leaf(name=f"{self.name}{n}", depth=self.depth + n) for n in range(count)]

    @field
    def holes(self) -> list["Leaf | None"]:
        """Objects in a list that may have holes."""
        return [Leaf(name=f"{self.name}{n}", depth=n) if n != 1 else None for n in range(4)]


@strawberry.type
class Stone(Named):
    weight: float = 1.5


Thing = Annotated[Leaf | Stone, strawberry.union("Thing")]


@strawberry.type
class Query:
    @field
    def leaf(self, depth: int = 1) -> Leaf | None:
        """An object."""
        return Leaf(name="leaf", depth=depth)

    @field
    def needed(self) -> Leaf:
        """An object that must be there."""
        return Leaf(name="needed", depth=2)

    @strawberry.field
    def things(self) -> list[Thing]:
        """A union."""
        return [Leaf(name="l"), Stone(name="s"), Leaf(name="m", depth=1)]

    @field
    def named(self) -> list[Named | None]:
        """An interface."""
        return [Stone(name="s"), None, Leaf(name="l")]

    @field
    def wrong(self) -> Leaf | None:
        """Not an object of its type."""
        return Stone(name="wrong")  # type: ignore[return-value]

    @field
    def unknown(self) -> Named | None:
        """Not an object of any type."""
        return object()  # type: ignore[return-value]

    @field
    def matrix(self) -> list[list[int | None]]:
        """Lists of lists, with a value that is no Int."""
        return [[1, None], [], [2**40, 3]]

    @field
    def strict(self) -> list[list[int] | None]:
        """Lists of lists, of which one has a null that it may not have."""
        return [[1], [2, None], None]  # type: ignore[list-item]

    @field
    def no_list(self) -> list[int] | None:
        """Not a list."""
        return 5  # type: ignore[return-value]

    @field
    def generated(self) -> list[str] | None:
        """An iterator."""

        def values() -> Iterator[str]:
            yield "one"
            yield "two"

        return values()  # type: ignore[return-value]

    @field
    def streamed(self) -> list[str] | None:
        """An asynchronous iterator."""

        async def values() -> AsyncIterator[str]:
            yield "one"
            yield "two"

        return values()  # type: ignore[return-value]

    @strawberry.field
    def promised(self) -> list[str | None]:
        """A list of what must be awaited, of which one fails."""

        async def value(number: int) -> str:
            return str(number) if number else _fails("Zero.")

        return [value(number) for number in range(3)]  # type: ignore[misc]

    @field
    def colours(self) -> list[Colour | None]:
        """Enum values, and one that is none."""
        return [Colour.RED, "blue", "green"]  # type: ignore[list-item]

    @field
    def day(self) -> date | None:
        """A custom scalar."""
        return date(2026, 3, 2)

    @field
    def no_day(self) -> date | None:
        """A value that the scalar does not know."""
        return "today"  # type: ignore[return-value]

    @field
    def texts(self) -> list[str]:
        """Values that become texts."""
        return ["a", 1, True, 1.5]  # type: ignore[list-item]

    @field
    def echo(self, filter: Filter | None = None, numbers: list[int] | None = None) -> str:
        """What arrived; and it changes its arguments."""
        shown = f"{_told(filter)} {numbers}"
        if numbers is not None:
            numbers.append(99)
        if filter is not None:
            filter.names.append("changed")
        return shown

    @field
    def pair(self, first: GlobalID, second: GlobalID, third: GlobalID | None = None) -> str | None:
        """Arguments that are no plain values."""
        return f"{first} {second} {third}"

    @field
    def shown(
        self, plain: Plain | None = None, marked: Marked | None = None, number: strawberry.Maybe[int] = None
    ) -> str:
        """What became of the arguments."""
        return f"{_told(plain)} {_told(marked)} {_told(number)}"

    @field
    def needed_plain(self, plain: Plain, others: list[Plain] | None = None) -> str:
        """The same."""
        return f"{_told(plain)} {_told(others)}"

    @field
    async def awaited(self, key: GlobalID) -> str | None:
        """An argument that is no plain value, of a resolver that is awaited."""
        return str(key)

    @field
    def told(self, info: strawberry.Info, word: str = "w") -> str:
        """What a resolver is told."""
        return f"{info.field_name} {info.path.as_list()} {info.variable_values} {info.return_type} {word}"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def note(self, info: strawberry.Info, word: str, fails: bool = False) -> Leaf | None:
        """Leaves a trace."""
        info.context.trace.append(word)
        return _fails(word) if fails else Leaf(name=word)

    @field
    def must(self, info: strawberry.Info, word: str) -> Leaf:
        """Leaves a trace, and fails."""
        info.context.trace.append(word)
        return _fails(word)


SCHEMA = strawberry.Schema(Query, Mutation, types=[Leaf, Stone])

"""Both executors on a small schema where time decides nothing: data, errors and their order are equal."""

import enum
import gc
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from types import SimpleNamespace
from typing import Annotated, Any, Never, cast

import graphql
import pytest
import strawberry
from graphql import ExecutionResult, parse, validate
from strawberry.relay import GlobalID
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from auth import policies
from auth.principal import ANONYMOUS
from resolvers.scope import Scope
from schema.context import Context
from schema.executor import CompiledExecutor, execute
from schema.fields import resolved
from tests.schema.executor.comparison import EagerPlans, compiling, prepared, settled

pytestmark = pytest.mark.filterwarnings(
    # graphql-core leaves what it started when null takes the place of all of it.
    "ignore:coroutine .* was never awaited:RuntimeWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()  # what graphql-core left, while a test still ignores it


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.input
class Filter:
    names: list[str] = strawberry.field(default_factory=lambda: ["a"])
    colour: Colour = Colour.RED
    inner: "Filter | None" = None


@strawberry.interface
class Named:
    name: str


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
        shown = f"{filter} {numbers}"
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


STRAWBERRY = strawberry.Schema(Query, Mutation, types=[Leaf, Stone])
SCHEMA = STRAWBERRY._schema


class Traced(Context):
    """A context that knows which mutations ran."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.trace: list[str] = []


SCOPE = cast("Scope", SimpleNamespace(principal=ANONYMOUS))


class Executor(CompiledExecutor):
    plans = EagerPlans()


COMPILED = compiling(STRAWBERRY, Executor)


CONDITIONS = """
query ($a: Boolean!, $b: Boolean!) { leaf { ...F @skip(if: $a) ... @include(if: $b) { depth } } }
fragment F on Leaf { name @include(if: $b) later }
"""
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("{ leaf { name depth } needed { name __typename } }", {}),
    ("{ b: leaf { z: name a: depth } a: leaf { name name depth } ...F } fragment F on Query { a: leaf { later } }", {}),
    ("{ needed { optional name required } leaf { name } }", {}),
    ("{ leaf { required optional } needed { optional } }", {}),
    ("{ leaf { returned null name } day }", {}),
    ("{ leaf { holes { name required } } }", {}),
    ("{ leaf { holes { name optional } } needed { holes { null } } }", {}),
    ("{ leaf { children { children(count: 3) { name later optional } } } }", {}),
    ("{ leaf { children { optional children { required } } } }", {}),
    ("{ leaf { children(count: 0) { required } } }", {}),
    ("{ things { __typename ... on Leaf { name depth } ... on Stone { weight } ... on Named { again: name } } }", {}),
    ("{ things { ... on Leaf { required optional } } day }", {}),
    ("{ named { __typename name ... on Stone { weight } ... on Leaf { holes { name } } } }", {}),
    ("{ wrong { name } unknown { name } day }", {}),
    ("{ matrix }", {}),
    ("{ strict }", {}),
    ("{ noList generated }", {}),
    ("{ streamed promised }", {}),
    ("{ colours day noDay texts }", {}),
    ('{ echo(filter: {names: ["x"], colour: BLUE, inner: {}}, numbers: [1, 2]) again: echo }', {}),
    ("query ($f: Filter, $n: [Int!]) { a: echo(filter: $f, numbers: $n) b: echo(numbers: $n) }", {"n": [1]}),
    ("query ($f: Filter) { a: echo(filter: $f) b: echo(filter: {inner: $f}) }", {"f": {"colour": "BLUE"}}),
    ("query ($c: Colour!) { echo(filter: {colour: $c}) }", {"c": "GREEN"}),
    ("query ($d: Int) { leaf(depth: $d) { depth } }", {"d": None}),
    ("query ($d: Int = 7) { leaf(depth: $d) { depth } }", {}),
    ("query ($a: Boolean!) { leaf { name @skip(if: $a) depth @include(if: $a) } }", {"a": True}),
    ("query ($a: Boolean!) { leaf { name @skip(if: $a) depth @include(if: $a) } }", {"a": False}),
    (CONDITIONS, {"a": False, "b": True}),
    (CONDITIONS, {"a": False, "b": False}),
    (CONDITIONS, {"a": True, "b": True}),
    ("query ($a: Boolean!) { leaf @skip(if: $a) { name } }", {"a": True}),
    ("{ leaf { name @skip(if: true) } }", {}),
    ("{ leaf { hidden null secret returned } needed { name secret hidden required } }", {}),
    ("{ leaf { holes { secret hidden name null } } }", {}),
    ('query ($a: ID!) { pair(first: $a, second: "neither") }', {"a": "not one"}),
    ('query ($a: ID, $b: ID!) { pair(first: "YTox", second: $b, third: $a) }', {"a": None, "b": "YToy"}),
    ('query ($a: ID) { pair(third: $a, second: "Yjoy", first: "YTox") again: pair(first: "x", second: "y") }', {}),
    ('query ($w: String!) { told(word: $w) again: told leaf { name } }', {"w": "v"}),
    ("query ($w: String = null) { told(word: $w) }", {}),
    ('mutation { a: note(word: "1") { later } b: note(word: "2", fails: true) { name } note(word: "") { name } }', {}),
    ('mutation { a: note(word: "1") { name } b: must(word: "2") { name } c: note(word: "3") { depth } }', {}),
    ('mutation { a: note(word: "1") { null } b: note(word: "2") { children { required } } }', {}),
]  # fmt: skip


Answer = tuple[str, list[Any], list[str]]
"""The data, the errors, and what mutations left."""


async def _plugged_in(executor: Any, text: str, variables: dict[str, Any]) -> Answer:
    context = Traced(SCOPE)
    result = graphql.execute(
        SCHEMA, parse(text), context_value=context, variable_values=variables, executor_class=executor
    )
    return _shown(await settled(result), context)


async def _run(text: str, variables: dict[str, Any]) -> Answer:
    """As the product does."""
    context = Traced(SCOPE)
    return _shown(await settled(execute(COMPILED, prepared(COMPILED, text), variables, context)), context)


def _shown(result: ExecutionResult, context: Traced) -> Answer:
    errors = [(error.message, error.path, error.locations) for error in result.errors or ()]
    return repr(result.data), errors, context.trace


@pytest.mark.parametrize(("text", "variables"), OPERATIONS, ids=[text for text, _ in OPERATIONS])
async def test_it_answers_as_graphql_core_does(text: str, variables: dict[str, Any]) -> None:
    assert validate(SCHEMA, parse(text)) == []
    wanted = await _plugged_in(StrawberryGraphQLCoreExecutionContext, text, variables)
    unplanned = Executor.plans.unplanned

    assert await _run(text, variables) == wanted
    # The second time, nothing that a resolver did to its arguments is left.
    assert await _run(text, variables) == wanted
    assert await _plugged_in(Executor, text, variables) == wanted
    assert Executor.plans.unplanned == unplanned


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("{ __schema { queryType { name } } day }", {}),
        ('{ __type(name: "Leaf") { name } }', {}),
        ("query ($a: Boolean = true) { leaf { name @skip(if: $a) } }", {"a": None}),
        ("query ($a: Boolean = true) { day leaf { name @include(if: $a) } }", {}),
    ],
)
async def test_what_it_leaves_to_graphql_core(text: str, variables: dict[str, Any]) -> None:
    wanted = await _plugged_in(StrawberryGraphQLCoreExecutionContext, text, variables)

    assert await _run(text, variables) == wanted
    assert await _plugged_in(Executor, text, variables) == wanted


async def test_nothing_is_left_waiting_when_null_takes_the_place_of_all() -> None:
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        data, errors, _ = await _run("{ needed { later children { name } required } }", {})
        gc.collect()

    assert data == "None"
    assert [path for _, path, _ in errors] == [["needed", "required"]]
    assert [warning for warning in told if "never awaited" in str(warning.message)] == []


def test_an_operation_that_awaits_nothing_needs_no_event_loop() -> None:
    result = execute(COMPILED, prepared(COMPILED, "{ leaf { name } day }"), None, Traced(SCOPE))

    assert isinstance(result, ExecutionResult)
    assert result.data == {"leaf": {"name": "leaf"}, "day": "2026-03-02"}

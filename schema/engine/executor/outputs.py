"""Conversion of values to parts of a reply, by type: in bulk, and one by one if there are exceptional values."""

import datetime
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from types import NoneType
from typing import Any, cast

from graphql import (
    GraphQLAbstractType,
    GraphQLError,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLScalarType,
    Undefined,
)
from graphql.execution.executor import Executor, invalid_return_type_error
from graphql.pyutils import is_iterable
from graphql.pyutils.is_awaitable import is_async_iterable
from graphql.type import GraphQLBoolean, GraphQLEnumType, GraphQLID, GraphQLString
from orjson import Fragment
from strawberry.schema.types.base_scalars import DateTimeDefinition

from schema.engine.executor.frames import Items
from schema.engine.executor.plan import Cells, Frame, Output, Picked, Selection
from schema.engine.executor.running import Running

KEPT_INSTANTS = 4096
"""The instants whose texts are remembered."""
KEPT_ANSWERS = 1024
"""The functions that tell the types of objects, of which it is remembered whether they do so at once."""
_SAME: dict[GraphQLScalarType, type] = {GraphQLString: str, GraphQLID: str, GraphQLBoolean: bool}
"""The type of values that are sent as they are."""
_LISTS = {list, tuple}
_ABSENT = frozenset({NoneType, type(Undefined)})


@lru_cache(maxsize=KEPT_INSTANTS)
def _text_of(instant: datetime.datetime) -> str:
    return instant.isoformat()


def _texts_of(instants: Sequence[datetime.datetime]) -> list[str]:
    """The same instants are sent again and again. All of the database are in UTC, where equal ones look alike."""
    return list(map(_text_of, instants))


class Leaf(Output):
    """A scalar or an enum."""

    __slots__ = ("_code", "_coded", "_coerce", "type")

    def __init__(self, type_: GraphQLLeafType, *, is_nullable: bool) -> None:
        super().__init__(is_nullable=is_nullable)
        self.type = type_
        self._coerce: Callable[[Any], Any] = type_.coerce_output_value
        self._coded: set[type] = set()
        self._code: Callable[[Sequence[Any]], list[Any]] = list
        if isinstance(type_, GraphQLEnumType) and (enum := getattr(type_, "wrapped_cls", None)) is not None:
            self.ordinary |= {enum}
            self._coerce = {member: type_.coerce_output_value(member) for member in enum}.__getitem__
            self._coded, self._code = {enum}, lambda members: list(map(self._coerce, members))
        elif self._coerce is DateTimeDefinition.serialize:
            self._coded, self._code = {datetime.datetime}, _texts_of
        elif isinstance(type_, GraphQLScalarType):
            same = int if type_.coerce_output_value is int else _SAME.get(type_)
            if same is not None:
                self.unchanged = frozenset({same, NoneType} if is_nullable else {same})

    def coded(self, values: Sequence[Any]) -> Sequence[Any] | None:
        """The values of columns of rows as they are sent, if all of them are of one plain type."""
        kinds = set(map(type, values))
        if kinds <= self.unchanged:
            return values
        return self._code(values) if kinds == self._coded else None

    def convert(self, run: Running, cells: Cells, values: Sequence[Any], *, is_bare: bool) -> Sequence[Any]:
        """The values as they are sent."""
        try:
            coerced = list(map(self._coerce, values))
        except Exception:
            coerced = []
        if coerced and _ABSENT.isdisjoint(map(type, coerced)):
            return coerced
        return [self._coerced(run, cells, number, value) for number, value in enumerate(values)]

    def _coerced(self, run: Running, cells: Cells, number: int, value: Any) -> Any:
        try:
            return Executor.complete_leaf_value(self.type, value)
        except Exception as error:
            run.fail(cells, number, error)
            return None


class ListOf(Output):
    """A list."""

    __slots__ = ("_item",)

    def __init__(self, item: Output, *, is_nullable: bool) -> None:
        super().__init__(is_nullable=is_nullable)
        self._item = item

    @property
    def item(self) -> Output:
        """What the items become."""
        return self._item

    @property
    def selections(self) -> "Sequence[Selection]":
        """Those of its items."""
        return self._item.selections

    @property
    def takes_rows(self) -> bool:
        """Whether its items can be rows."""
        return self._item.takes_rows

    @property
    def columns(self) -> frozenset[str] | None:
        """Those of its items."""
        return self._item.columns

    def convert(self, run: Running, cells: Cells, values: Sequence[Any], *, is_bare: bool) -> Sequence[Any]:
        """The lists, their items converted all at once."""
        if not set(map(type, values)) <= _LISTS:
            return run.complete(self, cells, [self._listed(run, cells, value) for value in values], is_bare=is_bare)
        items = values[0] if len(values) == 1 else list(chain.from_iterable(values))
        converted = run.complete(self._item, Items(cells, values), items, is_bare=is_bare)
        if len(values) == 1:
            return [list(converted)]
        rest = iter(converted)
        return [list(islice(rest, len(value))) for value in values]

    def _listed(self, run: Running, cells: Cells, value: Any) -> Any:
        """A list or an exception in place of the value, or what brings either."""
        if isinstance(value, list | tuple):
            return list(value)
        try:
            if is_async_iterable(value):
                return _collected(value)
            if is_iterable(value):
                return list(value)
        except Exception as error:
            return error
        step = cells.step
        return GraphQLError(f"Expected Iterable, but did not find one for field '{step.parent}.{step.name}'.")


async def _collected(values: Any) -> list[Any]:
    return [value async for value in values]


class ObjectOf(Output):
    """An object of one type."""

    __slots__ = ("_own", "_type", "reply", "selection")

    def __init__(self, type_: GraphQLObjectType, selection: "Selection", *, is_nullable: bool) -> None:
        super().__init__(is_nullable=is_nullable)
        self._type = type_
        self.selection = selection
        self.reply: str | None = None
        """The column in which rows have their reply, where the database made it."""
        self._own: set[Any] = set()
        if selection.origin is not None:
            self.ordinary |= {selection.origin}
            if type_.extensions["strawberry-definition"].is_type_of is None:
                self._own = {selection.origin}

    @property
    def selections(self) -> "Sequence[Selection]":
        """Its own."""
        return (self.selection,)

    @property
    def takes_rows(self) -> bool:
        """They are read as they are."""
        return True

    @property
    def columns(self) -> frozenset[str] | None:
        """Those of its fields."""
        return self.selection.columns

    def of_keys(self, keys: Sequence[int], name: str) -> Sequence[Any] | None:
        """The replies."""
        columns = [step.of_keys(keys, name) for step in self.selection.steps]
        return None if None in columns else self.selection.replies(cast("list[Sequence[Any]]", columns), len(keys))

    def convert(self, run: Running, cells: Cells, values: Sequence[Any], *, is_bare: bool) -> Sequence[Any]:
        """The replies, their fields filled as far as nothing is awaited."""
        if is_bare and self.reply is not None:
            made = [getattr(value, self.reply, None) for value in values]
            if None not in made:  # all come from one statement
                return [Fragment(text) for text in made if text is not None]
        if not is_bare and self._type.is_type_of is not None and set(map(type, values)) != self._own:
            checked = [self._checked(run, cells, number, value) for number, value in enumerate(values)]
            if any(isinstance(value, Exception) for value in checked):
                return run.complete(self, cells, checked)
        return run.expand(Frame(self.selection, cells, values, is_bare=is_bare))

    def _checked(self, run: Running, cells: Cells, number: int, value: Any) -> Any:
        try:
            if self._type.is_type_of(value, run.info(cells, number)):  # type: ignore[misc]
                return value
        except Exception as error:
            return error
        return invalid_return_type_error(self._type, value, cells.step.details)


class AbstractOf(Output):
    """An object of one of several types. The `others` are compiled when an object of theirs is found."""

    __slots__ = ("_compile", "_others", "_outputs", "_type")

    def __init__(
        self,
        type_: GraphQLAbstractType,
        outputs: dict[str, ObjectOf],
        others: Mapping[str, GraphQLObjectType],
        compile_: Callable[[GraphQLObjectType], ObjectOf],
        *,
        is_nullable: bool,
    ) -> None:
        super().__init__(is_nullable=is_nullable)
        self._type = type_
        self._outputs = outputs
        self._others = others
        self._compile = compile_

    @property
    def selections(self) -> "Sequence[Selection]":
        """Those of all types that are compiled."""
        return [selection for output in self._outputs.values() for selection in output.selections]

    def convert(self, run: Running, cells: Cells, values: Sequence[Any], *, is_bare: bool) -> Sequence[Any]:
        """The replies, those of one type at once."""
        converted: list[Any] = [None] * len(values)
        numbers: dict[str, list[int]] = {}
        for number, value in enumerate(values):
            try:
                numbers.setdefault(self._name(run, cells, number, value), []).append(number)
            except Exception as error:
                run.fail(cells, number, error)
        for name, found in numbers.items():
            if name not in self._outputs:
                self._outputs[name] = self._compile(self._others[name])
            replies = self._outputs[name].convert(
                run, Picked(cells, found), [values[number] for number in found], is_bare=False
            )
            for number, reply in zip(found, replies, strict=True):
                converted[number] = reply
        return converted

    def _name(self, run: Running, cells: Cells, number: int, value: Any) -> str:
        info = run.info(cells, number)
        resolve = self._type.resolve_type or run.executor.type_resolver
        name = resolve(value, info, self._type)
        type_ = run.executor.ensure_valid_runtime_type(name, self._type, cells.step.details, info, value)
        return str(type_.name)


@lru_cache(maxsize=KEPT_ANSWERS)
def is_synchronous(function: Callable[..., Any] | None) -> bool:
    """Whether the function, which tells the types of objects, tells them at once."""
    return not inspect.iscoroutinefunction(function)

"""Plans: the compiled form of an operation, and the structures that its parts share.

A plan holds nothing of who runs it, or with what. Where values stand in a reply is kept so that a path costs something
only when somebody asks for it.
"""

import datetime
import decimal
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any, cast

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path

from models.generated import generated
from schema.engine.executor.arguments import Arguments
from schema.engine.executor.running import Running
from schema.engine.fields import from_row
from schema.engine.paging import ConnectionValue, EdgeValue, PageInfoValue

Place = tuple[int, ...]
"""The indexes in the lists that a field's value is made of."""
Order = tuple[int, ...]
"""Where graphql-core comes to a value, among those that one level of a run comes to."""
Columns = frozenset[str]
"""Names of columns of rows."""
ORDINARY = frozenset(
    {
        *(str, int, float, bool, bytes, list, tuple, dict, decimal.Decimal),
        *(datetime.date, datetime.datetime, datetime.time),
        *(ConnectionValue, EdgeValue, PageInfoValue),
    }
)
"""Types whose values are neither missing nor exceptions nor awaited; others are looked at one by one."""
MAX_BUILT = 100
"""The fields of a selection up to which a function is made, and kept, that makes its replies."""


class Output:
    """What a field's values must become, or the items of its lists."""

    __slots__ = ("is_nullable", "ordinary", "unchanged")

    def __init__(self, *, is_nullable: bool) -> None:
        self.is_nullable = is_nullable
        self.ordinary: frozenset[type] = ORDINARY
        self.unchanged: frozenset[type] = frozenset()

    @property
    def item(self) -> "Output":
        """What the items become, if it is a list."""
        raise TypeError("Only lists have items.")

    @property
    def selections(self) -> "Sequence[Selection]":
        """What is selected of the objects that it is made of: one selection for each type that they may have."""
        return ()

    @property
    def takes_rows(self) -> bool:
        """Whether bare rows can become it."""
        return False

    @property
    def columns(self) -> frozenset[str] | None:
        """The columns that are read of each row that becomes it, or None if it may be any."""
        return None

    def of_keys(self, keys: Sequence[int], name: str) -> Sequence[Any] | None:
        """The parts of the reply for rows that have nothing but the column of that name, if that is all; else None."""
        return None

    def convert(self, run: Running, cells: "Cells", values: Sequence[Any], *, is_bare: bool) -> Sequence[Any]:
        """The parts of the reply for values that are there; None for those that fail, which the run is told of."""
        raise NotImplementedError


class Step:
    """A field in the selection of one type.

    `index` is its number in the selection; `details` are graphql-core's, of all the nodes merged into it.
    `batches_below` are the batch functions of the links that are selected below it.
    """

    __slots__ = ("_arguments", "batches_below", "definition", "details", "index", "key", "name", "output", "parent")

    def __init__(
        self,
        key: str,
        index: int,
        parent: GraphQLObjectType,
        definition: GraphQLField,
        details: FieldDetailsList,
        output: Output,
    ) -> None:
        self.key = key
        self.index = index
        self.parent = parent
        self.definition = definition
        self.details = details
        self.output = output
        self.name = details[0].node.name.value
        self.batches_below: frozenset[Any] = frozenset()
        self._arguments = Arguments(definition, details[0].node)

    @property
    def nodes(self) -> list[FieldNode]:
        """The nodes of the document that ask for the field."""
        return [details.node for details in self.details]

    @property
    def columns(self) -> Columns | None:
        """The columns that are read of each row that it is filled from, or None if it may be any."""
        return None

    def of_keys(self, keys: Sequence[int], name: str) -> Sequence[Any] | None:
        """The field for rows that have nothing but the column of that name, if that is all it takes; else None."""
        return None

    def arguments(self, run: Running) -> Mapping[str, Any]:
        """The arguments. Raises GraphQLError."""
        return self._arguments.of(run.variables, hide_suggestions=run.hide_suggestions)

    def fill(self, run: Running, frame: "Frame") -> Sequence[Any]:
        """The field in the reply of each object of the frame; None where it fails, or comes later."""
        raise NotImplementedError


class Frame:
    """Objects of one type at one place of an operation, and the reply that is made of each.

    The objects are bare rows, or what a resolver returned.
    """

    __slots__ = ("cells", "instances", "is_bare", "objects", "refused", "replies", "selection")

    def __init__(self, selection: "Selection", cells: "Cells | None", objects: Sequence[Any], *, is_bare: bool) -> None:
        self.selection = selection
        self.cells = cells
        self.objects = objects
        self.is_bare = is_bare
        self.replies: list[dict[str, Any]] = []
        self.instances: dict[int, Any] = {}
        self.refused: dict[Any, Collection[int]] = {}

    @property
    def kind(self) -> type | None:
        """The class of the objects, if all have the same."""
        kinds = set(map(type, self.objects))
        return kinds.pop() if len(kinds) == 1 else None

    def instance(self, number: int) -> Any:
        """The object as a resolver takes it."""
        if not self.is_bare:
            return self.objects[number]
        if number not in self.instances:
            self.instances[number] = from_row(self.selection.origin, self.objects[number])
        return self.instances[number]

    def order(self, number: int) -> Order:
        """Where the object stands among all of its level."""
        return self.cells.order(number) if self.cells is not None else ()


class Cells:
    """The places of the values of one field: the value of each object of the frame."""

    __slots__ = ("frame", "step")

    def __init__(self, frame: Frame, step: "Step") -> None:
        self.frame = frame
        self.step = step

    def at(self, number: int) -> tuple[int, Place]:
        """The object whose field it is, and the place in the lists that the field's value is made of."""
        return number, ()

    def order(self, number: int) -> Order:
        """Where the value stands among all of its level."""
        return (*self.frame.order(number), self.step.index)

    def put(self, values: Sequence[Any]) -> None:
        """Put values into the replies, each at its place."""
        key = self.step.key
        for reply, value in zip(self.frame.replies, values, strict=True):
            reply[key] = value

    def path(self, number: int) -> Path:
        """The path of the value in the reply."""
        owner, place = self.at(number)
        parent = self.frame.cells
        path = Path(parent.path(owner) if parent is not None else None, self.step.key, self.step.parent.name)
        for index in place:
            path = path.add_key(index)
        return path


class Picked(Cells):
    """Some of other cells."""

    __slots__ = ("_of", "_picks")

    def __init__(self, of: Cells, picks: Sequence[int]) -> None:
        super().__init__(of.frame, of.step)
        self._of = of
        self._picks = picks

    def at(self, number: int) -> tuple[int, Place]:
        """As in the cells that it was picked from."""
        return self._of.at(self._picks[number])

    def order(self, number: int) -> Order:
        """As in the cells that it was picked from."""
        return self._of.order(self._picks[number])

    def put(self, values: Sequence[Any]) -> None:
        """Put values into the replies, each at its place."""
        if type(self._of) is Cells:
            replies, name = self.frame.replies, self.step.key
            for number, value in zip(self._picks, values, strict=True):
                replies[number][name] = value
            return
        for number, value in enumerate(values):
            owner, place = self.at(number)
            put(self.frame, self.step.key, owner, place, value)


def put(frame: Frame, key: str | int, owner: int, place: Place, value: Any) -> None:
    """Put a value at a place of the reply of one object, unless null was put around it meanwhile."""
    container: Any = frame.replies[owner]
    for index in place:
        container, key = container[key], index
        if container is None:
            return
    container[key] = value


def origin_of(type_: GraphQLObjectType) -> Any:
    """The class whose instances are the objects of a type, where the type was made from one."""
    definition = type_.extensions.get("strawberry-definition")
    return None if definition is None else definition.origin


@cache
def _builder(count: int) -> Callable[..., list[dict[str, Any]]]:
    """A function that makes dictionaries of so many keys from columns: a literal is the fastest way to one."""
    keys = "".join(f", k{n}" for n in range(count))
    items = ", ".join(f"k{n}: v{n}" for n in range(count))
    values = "".join(f"v{n}, " for n in range(count))
    source = f"lambda columns{keys}: [{{{items}}} for {values} in zip(*columns)]"
    return cast("Callable[..., list[dict[str, Any]]]", generated(source))


class Selection:
    """The fields that are selected of one type, in the order of the reply."""

    __slots__ = ("_build", "_keys", "columns", "origin", "steps")

    def __init__(self, type_: GraphQLObjectType, steps: Sequence[Step]) -> None:
        self.origin: Any = origin_of(type_)
        self.steps = steps
        self._keys = [step.key for step in steps]
        self._build = _builder(len(steps)) if 0 < len(steps) <= MAX_BUILT else None
        read = [step.columns for step in steps]
        self.columns: frozenset[str] | None = None if None in read else frozenset().union(*filter(None, read))
        """The columns that are read of each row, or None if it may be any."""

    def replies(self, columns: Sequence[Sequence[Any]], length: int) -> list[dict[str, Any]]:
        """The reply of each object, from what each field has for all of them."""
        if not columns:
            return [{} for _ in range(length)]
        if self._build is None:
            return [dict(zip(self._keys, values, strict=True)) for values in zip(*columns, strict=True)]
        return self._build(columns, *self._keys)


class Plan:
    """An operation for one combination of the conditions of its @skip and @include.

    It has so many steps, and batch functions that load some columns.
    """

    __slots__ = ("is_mutation", "narrowed", "root", "steps")

    def __init__(self, root: Selection, *, steps: int, narrowed: int, is_mutation: bool) -> None:
        self.root = root
        self.steps = steps
        self.narrowed = narrowed
        self.is_mutation = is_mutation

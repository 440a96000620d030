"""The fields of a plan: each step completes one field in the replies of all objects of a frame."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, cast

from graphql import GraphQLObjectType
from sqlalchemy import Row

from models.errors import DomainError
from schema.engine import node_id
from schema.engine.executor.outputs import Leaf
from schema.engine.executor.plan import Cells, Columns, Frame, Picked, Step, origin_of
from schema.engine.executor.running import Running
from schema.engine.fields import VIEWER_TEACHES, Column, GlobalId, GraphField, Hint, from_row
from schema.engine.pacing import breathe

UNITS_PER_CALL = 5
"""What calling a resolver takes, in units of `schema.engine.pacing`."""


class Typename(Step):
    """`__typename`."""

    __slots__ = ()

    @property
    def columns(self) -> Columns:
        """None of them."""
        return frozenset()

    def of_keys(self, keys: Sequence[int], name: str) -> Sequence[Any]:
        """The name of the type."""
        return [self.parent.name] * len(keys)

    def fill(self, run: Running, frame: Frame) -> Sequence[Any]:
        """The name of the type."""
        return [self.parent.name] * len(frame.objects)


class Call(Step):
    """A field with a resolver of its own, which is called for each object."""

    __slots__ = ()

    def fill(self, run: Running, frame: Frame) -> Sequence[Any]:
        """What the resolver returns; what it awaits, all objects await together."""
        cells = Cells(frame, self)
        resolve = self.definition.resolve or run.executor.field_resolver
        values = [self._called(run, cells, resolve, number) for number in range(len(frame.objects))]
        return run.complete(self.output, cells, values)

    def _called(self, run: Running, cells: Cells, resolve: Callable[..., Any], number: int) -> Any:
        breathe(UNITS_PER_CALL)
        try:
            info = run.info(cells, number)
            return resolve(cells.frame.instance(number), info, **self.arguments(run))
        except Exception as error:
            return error


class Attribute:
    """An attribute of the objects of a type, read of bare rows where they have it."""

    __slots__ = ("_origin", "get", "is_of_rows", "name")

    def __init__(self, name: str, parent: GraphQLObjectType) -> None:
        self.name = name
        self.get: Callable[[Any], Any] = attrgetter(name)
        self._origin = origin_of(parent)
        # A property of the class comes before a column, and rows have some attributes themselves.
        self.is_of_rows = not hasattr(Row, name) and not hasattr(getattr(self._origin, name, None), "__get__")

    def of(self, frame: Frame, objects: Sequence[Any]) -> list[Any]:
        """The attribute of each object; what reading it raises in its place."""
        if not frame.is_bare:
            return [tried(self.get, source) for source in objects]
        if self.is_of_rows:
            try:
                return list(map(self.get, objects))
            except AttributeError:  # a row of another statement, for which the class may have a default
                pass
        return [tried(self.get, from_row(self._origin, row)) for row in objects]


class Declared(Step):
    """A field that `schema.engine.fields` declares: its policy is asked before anything is read."""

    __slots__ = ("_is_open", "_policy", "declared")

    declared: GraphField

    def __init__(self, declared: GraphField, *common: Any) -> None:
        super().__init__(*common)
        self.declared = declared
        self._is_open = declared.is_open
        self._policy = f"{id(declared.policy)} {declared.owner_key}"

    def fill(self, run: Running, frame: Frame) -> Sequence[Any]:
        """What is read of the objects whose field the caller may read."""
        cells = Cells(frame, self)
        refused = () if self._is_open else self._refused(run, frame)
        if not refused:
            return self.read(run, cells, frame.objects)
        self.refuse(run, Picked(cells, list(refused)), [self._refusal(run, frame.objects[n]) for n in refused])
        picks = [number for number in range(len(frame.objects)) if number not in refused]
        values = self.read(run, Picked(cells, picks), [frame.objects[number] for number in picks]) if picks else []
        return spread(values, picks, len(frame.objects))

    def read(self, run: Running, cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """What is read of some objects."""
        raise NotImplementedError

    def refuse(self, run: Running, cells: Cells, refusals: Sequence[Exception | None]) -> None:
        """Tell that the caller may not read these."""
        for number, refusal in enumerate(refusals):
            run.fail(cells, number, refusal)

    def _columns(self, attribute: Attribute) -> Columns | None:
        """The columns that are read of a row for an attribute, and to ask the policy."""
        if not attribute.is_of_rows:
            return None
        policy = self.declared.policy
        owner = {self.declared.owner_key} if policy is not None and policy.needs_owner else set()
        teaches = {VIEWER_TEACHES} if policy is not None and policy.admits_teachers else set()
        return frozenset({attribute.name, *owner, *teaches})

    def _refused(self, run: Running, frame: Frame) -> Collection[int]:
        """The objects whose field the caller may not read: the same for all fields of the policy."""
        found = frame.refused.get(self._policy)
        if found is None:
            policy = self.declared.policy
            if policy is not None and not policy.needs_owner:
                found = () if self._refusal(run, frame.objects[0]) is None else range(len(frame.objects))
            else:
                found = {n for n, source in enumerate(frame.objects) if self._refusal(run, source) is not None}
            frame.refused[self._policy] = found
        return found

    def _refusal(self, run: Running, source: Any) -> Exception | None:
        try:
            self.declared.check(source, run)
        except DomainError as error:
            return error.with_traceback(None)  # thousands of frames would be garbage in circles
        except Exception as error:
            return error
        return None


class Read(Declared):
    """A column, or the id that is made of one."""

    __slots__ = ("_attribute", "_leaf")

    def __init__(self, declared: Column | GlobalId, *common: Any) -> None:
        super().__init__(declared, *common)
        if isinstance(declared, GlobalId):
            type_name = declared.type_name
            self._attribute = Attribute("id", self.parent)
            self._attribute.get = lambda source: node_id.encode(type_name, source.id)
        else:
            self._attribute = Attribute(declared.column or declared.python_name, self.parent)
        is_plain = self._attribute.is_of_rows and isinstance(self.output, Leaf)
        self._leaf = cast("Leaf", self.output) if is_plain else None

    @property
    def columns(self) -> Columns | None:
        """Its own; where it holds rows, as `nodes` of a page does, theirs."""
        own = self._columns(self._attribute)
        below = self.output.columns if self.output.takes_rows else frozenset()
        return None if own is None or below is None else own | below

    @property
    def column(self) -> str | None:
        """The column of rows that has the value; None if it is no column."""
        return self._attribute.name if self._attribute.is_of_rows else None

    def of_keys(self, keys: Sequence[int], name: str) -> Sequence[Any] | None:
        """The keys, if it is the column that everybody may read."""
        is_key = type(self.declared) is Column and self._attribute.name == name and self._is_open
        return self._leaf.coded(keys) if self._leaf is not None and is_key else None

    def fill(self, run: Running, frame: Frame) -> Sequence[Any]:
        """The attribute of each object."""
        leaf = self._leaf
        if leaf is not None and frame.is_bare and (self._is_open or not self._refused(run, frame)):
            # Nearly always: a column of rows, all of whose values are of one plain type.
            try:
                values = list(map(self._attribute.get, frame.objects))
            except AttributeError:
                return super().fill(run, frame)
            coded = leaf.coded(values)
            if coded is not None:
                return coded
        return super().fill(run, frame)

    def read(self, run: Running, cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """The attribute of each object."""
        frame, attribute = cells.frame, self._attribute
        if not frame.is_bare and self.output.takes_rows and (bare := getattr(frame.kind, "bare", None)) is not None:
            get = attrgetter(bare.get(attribute.name, attribute.name))
            return run.complete(self.output, cells, [get(source) for source in objects], is_bare=attribute.name in bare)
        return run.complete(self.output, cells, attribute.of(frame, objects))


class Decide(Declared):
    """Whether the caller may do something to each object."""

    __slots__ = ()

    declared: Hint

    @property
    def columns(self) -> Columns:
        """Those that the permission looks at, and the policy."""
        policy = self.declared.policy
        owner = {self.declared.owner_key} if policy is not None and policy.needs_owner else set()
        return self.declared.permission.columns | owner

    def read(self, run: Running, cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """What the permission says of each."""
        allows = partial(self.declared.permission.allows, run.context.scope.principal)
        return run.complete(self.output, cells, [tried(allows, source) for source in objects])


def spread(values: Sequence[Any], numbers: Sequence[int], length: int) -> list[Any]:
    """The values at their numbers, and None between them."""
    found: list[Any] = [None] * length
    for number, value in zip(numbers, values, strict=True):
        found[number] = value
    return found


def tried(function: Callable[[Any], Any], argument: Any) -> Any:
    """What the function returns, or what it raises."""
    try:
        return function(argument)
    except Exception as error:
        return error

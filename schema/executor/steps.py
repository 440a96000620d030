"""The fields of a plan: what fills one field in the replies of all objects of a frame."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from enum import Enum
from operator import attrgetter
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FieldNode,
    FloatValueNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    IntValueNode,
    NullValueNode,
    StringValueNode,
    get_argument_values,
)
from graphql.execution.collect_fields import FieldDetailsList
from sqlalchemy import Row

from schema import node_id
from schema.executor.outputs import Output
from schema.executor.places import Cells, Frame, Picked
from schema.fields import Column, GlobalId, GraphField, Linked, from_row

if TYPE_CHECKING:
    from schema.executor.run import Run


class Step:
    """A field in the selection of one type.

    `index` is its number in the selection; `details` are graphql-core's, of all the nodes merged into it.
    """

    __slots__ = ("_constants", "definition", "details", "index", "key", "name", "output", "parent")

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
        self._constants = _constants(definition, details[0].node)

    @property
    def nodes(self) -> list[FieldNode]:
        """The nodes of the document that ask for the field."""
        return [details.node for details in self.details]

    def arguments(self, run: "Run") -> dict[str, Any]:
        """The arguments. Raises GraphQLError.

        Those that a resolver could change are made anew for each call.
        """
        if self._constants is not None:
            return self._constants
        executor = run.executor
        return get_argument_values(
            self.definition,
            self.details[0].node,
            executor.variable_values,
            hide_suggestions=executor.hide_suggestions,
        )

    def fill(self, run: "Run", frame: Frame) -> Sequence[Any]:
        """The field in the reply of each object of the frame; None where it fails, or comes later."""
        raise NotImplementedError


class Typename(Step):
    """`__typename`."""

    __slots__ = ()

    def fill(self, run: "Run", frame: Frame) -> Sequence[Any]:
        """The name of the type."""
        return [self.parent.name] * len(frame.objects)


class Call(Step):
    """A field with a resolver of its own, which is called for each object."""

    __slots__ = ()

    def fill(self, run: "Run", frame: Frame) -> Sequence[Any]:
        """What the resolver returns; what it awaits, all objects await together."""
        cells = Cells(frame, self)
        resolve = self.definition.resolve or run.executor.field_resolver
        values = [self._called(run, cells, resolve, number) for number in range(len(frame.objects))]
        return run.complete(self.output, cells, values)

    def _called(self, run: "Run", cells: Cells, resolve: Callable[..., Any], number: int) -> Any:
        try:
            info = run.info(cells, number)
            return resolve(cells.frame.instance(number), info, **self.arguments(run))
        except Exception as error:
            return error


_SCALARS = (IntValueNode, FloatValueNode, StringValueNode, BooleanValueNode, NullValueNode, EnumValueNode)
_IMMUTABLE = (int, float, str, NoneType, Enum)
_KEY, _KEY_OR_NONE = {int}, {int, NoneType}


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
            return [_tried(self.get, source) for source in objects]
        if self.is_of_rows:
            with suppress(AttributeError):  # a row of another statement, for which the class may have a default
                return list(map(self.get, objects))
        return [_tried(self.get, from_row(self._origin, row)) for row in objects]


class Declared(Step):
    """A field that `schema.fields` declares: its policy is asked before anything is read."""

    __slots__ = ("_is_open", "_policy", "declared")

    declared: GraphField

    def __init__(self, declared: GraphField, *common: Any) -> None:
        super().__init__(*common)
        self.declared = declared
        self._is_open = declared.is_open
        self._policy = (id(declared.policy), declared.owner_key)

    def fill(self, run: "Run", frame: Frame) -> Sequence[Any]:
        """What is read of the objects whose field the caller may read."""
        cells = Cells(frame, self)
        refused = () if self._is_open else self._refused(run, frame)
        if not refused:
            return self.read(run, cells, frame.objects)
        for number in refused:
            run.fail(cells, number, self._refusal(run, frame.objects[number]))
        picks = [number for number in range(len(frame.objects)) if number not in refused]
        values = self.read(run, Picked(cells, picks), [frame.objects[number] for number in picks]) if picks else []
        return spread(values, picks, len(frame.objects))

    def read(self, run: "Run", cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """What is read of some objects."""
        raise NotImplementedError

    def _refused(self, run: "Run", frame: Frame) -> Collection[int]:
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

    def _refusal(self, run: "Run", source: Any) -> Exception | None:
        try:
            self.declared.check(source, run)
        except Exception as error:
            return error
        return None


class Read(Declared):
    """A column, or the id that is made of one."""

    __slots__ = ("_attribute",)

    def __init__(self, declared: Column | GlobalId, *common: Any) -> None:
        super().__init__(declared, *common)
        if isinstance(declared, GlobalId):
            type_name = declared.type_name
            self._attribute = Attribute("id", self.parent)
            self._attribute.get = lambda source: node_id.encode(type_name, source.id)
        else:
            self._attribute = Attribute(declared.column or declared.python_name, self.parent)

    def read(self, run: "Run", cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """The attribute of each object."""
        frame, attribute = cells.frame, self._attribute
        bare = None if frame.is_bare else getattr(frame.kind, "bare", {}).get(attribute.name)
        if bare is not None and self.output.takes_rows:
            get = attrgetter(bare)
            return run.complete(self.output, cells, [_tried(get, source) for source in objects], is_bare=True)
        return run.complete(self.output, cells, attribute.of(frame, objects))


class Load(Declared):
    """A link: its batch function is called once for all objects of a level."""

    __slots__ = ("_key", "_skips_none")

    declared: Linked

    def __init__(self, declared: Linked, *common: Any) -> None:
        super().__init__(declared, *common)
        self._key = Attribute(declared.key, self.parent)
        self._skips_none = declared.needs_key and self.output.is_nullable

    def read(self, run: "Run", cells: Cells, objects: Sequence[Any]) -> Sequence[Any]:
        """Nothing yet, but where there is no key."""
        keys = self._key.of(cells.frame, objects)
        kinds = set(map(type, keys))
        if kinds == _KEY_OR_NONE and self._skips_none:
            picks = [n for n, key in enumerate(keys) if key is not None]
            cells, keys = Picked(cells, picks), [keys[n] for n in picks]
        elif kinds != _KEY:
            known = [n for n, key in enumerate(keys) if not self._is_answer(key)]
            answered = [n for n, key in enumerate(keys) if self._is_answer(key)]
            if answered:
                run.complete(self.output, Picked(cells, answered), [keys[n] for n in answered])
            cells, keys = Picked(cells, known), [keys[n] for n in known]
        if keys:
            self._ask(run, cells, keys)
        return [None] * len(objects)

    def _is_answer(self, key: Any) -> bool:
        return isinstance(key, Exception) or (key is None and self.declared.needs_key)

    def _ask(self, run: "Run", cells: Cells, keys: list[Any]) -> None:
        arguments = _tried(self.arguments, run)
        if isinstance(arguments, Exception):
            run.complete(self.output, cells, [arguments] * len(keys))
            return
        try:
            batch, variant = self.declared.source(run.context, arguments)
        except Exception as error:
            run.later(cells, [error] * len(keys))
        else:
            run.load(batch, variant, cells, keys)

    def shown(self, run: "Run", keys: Sequence[Any], found: Mapping[Any, Any]) -> list[Any]:
        """The field's values for what was found for the keys; failures among them."""
        values = [found[key] for key in keys]
        if self.declared.shows_found:
            return values
        return [
            value if isinstance(value, Exception) else self._shown(run, key, value)
            for key, value in zip(keys, values, strict=True)
        ]

    def _shown(self, run: "Run", key: Any, found: Any) -> Any:
        try:
            return self.declared.shown(run.context, key, found)
        except Exception as error:
            return error


def _constants(definition: GraphQLField, node: FieldNode) -> dict[str, Any] | None:
    """The arguments, if they are the same in every run and nobody can change them."""
    if not definition.args and not node.arguments:
        return {}
    if any(not isinstance(argument.value, _SCALARS) for argument in node.arguments or ()):
        return None
    try:
        values = get_argument_values(definition, node)
    except GraphQLError:
        return None
    return values if all(isinstance(value, _IMMUTABLE) for value in values.values()) else None


def origin_of(type_: GraphQLObjectType) -> Any:
    """The class whose instances are the objects of a type, where the type was made from one."""
    definition = type_.extensions.get("strawberry-definition")
    return None if definition is None else definition.origin


def spread(values: Sequence[Any], numbers: Sequence[int], length: int) -> list[Any]:
    """The values at their numbers, and None between them."""
    found: list[Any] = [None] * length
    for number, value in zip(numbers, values, strict=True):
        found[number] = value
    return found


def _tried(function: Callable[[Any], Any], argument: Any) -> Any:
    try:
        return function(argument)
    except Exception as error:
        return error

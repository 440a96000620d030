"""JSON schemas of old replies, derived from their templates and from the types of their operations."""

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_leaf_type,
    type_from_ast,
)

from rest_compat.hr_feeds.shapes import Joined
from rest_compat.json_schema import fits, schema_of_choices, schema_of_constant
from rest_compat.reply import Constant, Each, Keyed, Object, Or, Part, Via
from rest_compat.sign_cloud.shapes import First, WithExtras

Schema = dict[str, Any]
ANYTHING: Schema = {}
NULL: Schema = {"type": "null"}
_SCALARS: Mapping[str, Schema] = {
    **{name: {"type": "string"} for name in ("String", "ID", "Date", "DateTime", "Decimal")},
    **{name: {"type": "integer"} for name in ("Int", "BigInt")},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
}
_PYTHON: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    list: {"type": "array"},
    dict: {"type": "object"},
    types.NoneType: NULL,
}
_FUNCTIONS: Mapping[Any, Schema] = {len: {"type": "integer"}, abs: {"type": "integer"}, str.lower: {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Place:
    """What stands at a path of an operation's data: its type, and what is selected of it.

    `certain` are the paths below it, with dots, that are there although the graph may answer null.
    """

    graph: GraphQLSchema
    document: DocumentNode
    type_: GraphQLOutputType
    selections: tuple[SelectionSetNode, ...]
    is_nullable: bool = False
    certain: frozenset[str] = frozenset()

    @classmethod
    def root(cls, graph: GraphQLSchema, document: DocumentNode, certain: Iterable[str] = ()) -> "Place":
        """The data itself."""
        parts = [path.split(".") for path in certain]
        prefixes = frozenset(".".join(names[:number]) for names in parts for number in range(1, len(names) + 1))
        operation = next(part for part in document.definitions if isinstance(part, OperationDefinitionNode))
        root = graph.get_root_type(operation.operation)
        assert root is not None  # noqa: S101 - the operation was validated
        return cls(graph, document, root, (operation.selection_set,), certain=prefixes)

    def at(self, path: str) -> "Place | None":
        """What stands further down; None for what is no part of the data. Below `$` are the variables."""
        if path.startswith("$."):
            return self._variable(path.split(".")[1:])
        place = self
        for name in path.split(".") if path else ():
            nodes = [node for node in place._fields() if (node.alias or node.name).value == name]
            parent = place.graph.get_type(place._owner(nodes[0]).name) if nodes else None
            if parent is None:
                return None
            type_ = parent.fields[nodes[0].name.value].type  # type: ignore[attr-defined]
            selections = tuple(node.selection_set for node in nodes if node.selection_set)
            may_be_null = not isinstance(type_, GraphQLNonNull) and name not in place.certain
            inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
            below = frozenset(path.removeprefix(f"{name}.") for path in place.certain if path.startswith(f"{name}."))
            place = Place(place.graph, place.document, inner, selections, place.is_nullable or may_be_null, below)
        return place

    def _variable(self, path: Sequence[str]) -> "Place | None":
        first, *rest = path
        operation = next(part for part in self.document.definitions if isinstance(part, OperationDefinitionNode))
        nodes = [node.type for node in operation.variable_definitions or () if node.variable.name.value == first]
        type_: Any = type_from_ast(self.graph, nodes[0]) if nodes else None
        for name in rest:
            type_ = get_named_type(type_).fields[name].type
        if type_ is None:
            return None
        is_nullable = not isinstance(type_, GraphQLNonNull)
        return Place(self.graph, self.document, type_ if is_nullable else type_.of_type, (), is_nullable)

    @property
    def filled(self) -> "Place":
        """The same where it is not null."""
        return replace(self, is_nullable=False)

    @property
    def entry(self) -> "Place":
        """An entry of the list that stands here."""
        type_ = self.type_.of_type if isinstance(self.type_, GraphQLList) else self.type_
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        return Place(self.graph, self.document, inner, self.selections)

    def _fields(self) -> Iterator[FieldNode]:
        for selections in self.selections:
            yield from (node for node, _ in self._flat(selections, ""))

    def _owner(self, wanted: FieldNode) -> Any:
        """The type that a field is selected on: that of the fragment around it, or what stands here."""
        for selections in self.selections:
            for node, owner in self._flat(selections, get_named_type(self.type_).name):
                if node is wanted:
                    return self.graph.get_type(owner)
        raise LookupError(wanted.name.value)

    def _flat(self, selections: SelectionSetNode, owner: str) -> Iterator[tuple[FieldNode, str]]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node, owner
                continue
            fragment = node if isinstance(node, InlineFragmentNode) else self._fragment(node.name.value)  # type: ignore[attr-defined]
            condition = fragment.type_condition.name.value if fragment.type_condition else owner
            yield from self._flat(fragment.selection_set, condition)

    def _fragment(self, name: str) -> FragmentDefinitionNode:
        return next(
            part
            for part in self.document.definitions
            if isinstance(part, FragmentDefinitionNode) and part.name.value == name
        )

    @property
    def schema(self) -> Schema:
        """The schema of the value as the graph answers it, but for null."""
        if isinstance(self.type_, GraphQLList):
            return {"type": "array", "items": self.entry.schema}
        named = get_named_type(self.type_)
        if isinstance(named, GraphQLEnumType):
            return {"type": "string", "enum": list(named.values)}
        return _SCALARS.get(named.name, ANYTHING) if is_leaf_type(named) else {"type": "object"}


def schema_of(template: Any, place: Place) -> Schema:
    """The schema of what a template makes of the data at a place."""
    match template:
        case None:
            return NULL
        case str():
            found = place.at(template)
            return ANYTHING if found is None else or_null(found.schema, found.is_nullable)
        case Mapping():
            return {
                "type": "object",
                "properties": {name: schema_of(part, place) for name, part in template.items()},
                "required": list(template),
            }
        case _:
            return part_schema(template, place)


@singledispatch
def part_schema(part: Part, place: Place) -> Schema:
    """The schema of a template that is more than a path: of no known kind, what it shows."""
    return any_of([schema_of(template, place) for template in part.shows])


@part_schema.register
def _(part: Constant, _place: Place) -> Schema:
    return schema_of_constant(part.value)


@part_schema.register
def _(part: Via, place: Place) -> Schema:
    found = place.at(part.path)
    if part.shows and found is not None:
        return or_null(any_of([schema_of(template, found.filled) for template in part.shows]), found.is_nullable)
    return or_null(_returned(part.function), found is None or found.is_nullable)


@part_schema.register
def _(part: Or, place: Place) -> Schema:
    schema = without_null(schema_of(part.template, place))
    return schema if fits(schema, part.otherwise) else any_of([schema, schema_of_constant(part.otherwise)])


@part_schema.register
def _(part: Each, place: Place) -> Schema:
    found = place.at(part.path)
    return {"type": "array", "items": ANYTHING if found is None else schema_of(part.template, found.entry)}


@part_schema.register
def _(part: Keyed, place: Place) -> Schema:
    found = place.at(part.path)
    entries = ANYTHING if found is None else schema_of(part.template, found.entry)
    return {"type": "object", "additionalProperties": entries}


@part_schema.register
def _(part: Object, place: Place) -> Schema:
    found = place.at(part.path)
    return ANYTHING if found is None else or_null(schema_of(part.template, found.filled), found.is_nullable)


@part_schema.register
def _(part: First, place: Place) -> Schema:
    found = place.at(part.path)
    return ANYTHING if found is None else or_null(schema_of(part.template, found.entry), True)


@part_schema.register
def _(part: WithExtras, place: Place) -> Schema:
    return schema_of(part.template, place)


@part_schema.register
def _(_part: Joined, _place: Place) -> Schema:
    return {"type": "string"}


def or_null(schema: Schema, is_nullable: bool) -> Schema:
    """The schema, for a value that may be null too."""
    return any_of([schema, NULL]) if is_nullable and schema else schema


def without_null(schema: Schema) -> Schema:
    """The schema, for a value that is not null."""
    return any_of([part for part in schema["anyOf"] if part != NULL]) if "anyOf" in schema else schema


def any_of(schemas: Sequence[Schema]) -> Schema:
    """The schema of what one of these describes."""
    parts = [part for schema in schemas for part in schema.get("anyOf", [schema])]
    distinct = [part for number, part in enumerate(parts) if part not in parts[:number]]
    if ANYTHING in distinct:
        return ANYTHING
    return distinct[0] if len(distinct) == 1 else {"anyOf": distinct}


def _returned(function: Callable[[Any], Any]) -> Schema:
    """The schema of what a function returns, as far as it says so."""
    if function in _FUNCTIONS:
        return _FUNCTIONS[function]
    if isinstance(function, type):
        return _PYTHON.get(function, ANYTHING)
    held = getattr(function, "__self__", None)
    if isinstance(held, dict):
        return schema_of_choices(list(held.values()))
    if isinstance(held, str):
        return {"type": "string"}
    return _annotated(typing.get_type_hints(function).get("return"))


def _annotated(annotation: Any) -> Schema:
    if isinstance(annotation, types.UnionType):
        return any_of([_annotated(part) for part in typing.get_args(annotation)])
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is list and arguments:
        return {"type": "array", "items": _annotated(arguments[0])}
    return _PYTHON.get(origin or annotation, ANYTHING)

"""The graph as the measured calls ask for it: the first page of each connection, with each of its filters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_input_object_type,
    is_list_type,
    is_required_argument,
)

CONNECTION = "Connection"
DEPTH = 4
"""So far are objects followed."""
PAGED = frozenset({"first", "after", "page"})


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation, and what it is called in reports."""

    name: str
    text: str


def operations(schema: GraphQLSchema, values: Mapping[str, Any], deep_page: int | None = None) -> Iterator[Asked]:
    """A query for each field of the root and of the viewer, and of what those hold one of.

    Lists are asked for with each of their filters alone. `values` has a value for each argument by `Field.argument`,
    by its name, or by its type. With `deep_page` numbered pages are asked for that far too.
    """
    if schema.query_type is not None:
        yield from _of(schema.query_type, (), values, deep_page)


def _of(
    type_: GraphQLObjectType, path: tuple[str, ...], values: Mapping[str, Any], deep_page: int | None
) -> Iterator[Asked]:
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if path and not is_composite_type(named):
            continue  # it is asked for with its object
        for label, arguments in _arguments(name, field, values, deep_page):
            yield _asked((*path, f"{name}{arguments}"), label, _selection(named))
        if not isinstance(named, GraphQLObjectType):
            continue
        if named.name.endswith(CONNECTION):
            node = get_named_type(named.fields["nodes"].type)
            yield from _of_nodes(node, (*path, name, "nodes"), values)
        elif not is_list_type(get_nullable_type(field.type)) and not field.args and _is_new(named, path):
            yield from _of(named, (*path, name), values, deep_page)


def _is_new(type_: GraphQLObjectType, path: tuple[str, ...]) -> bool:
    """Whether what an object of the type is linked to is not asked for from elsewhere."""
    return not path or (len(path) < DEPTH and type_.name != "User")


def _of_nodes(type_: Any, path: tuple[str, ...], values: Mapping[str, Any]) -> Iterator[Asked]:
    """The connections of each object of a page."""
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if named.name.endswith(CONNECTION):
            for label, arguments in _arguments(name, field, values, None):
                yield _asked((*path, f"{name}{arguments}"), label, _selection(named, deeper=False))


def _asked(path: tuple[str, ...], label: str, selection: str) -> Asked:
    names = ".".join(part.partition("(")[0] for part in path)
    return Asked(names + label, "{ " + " { ".join(path) + " " + selection + " }" * len(path))


def _arguments(
    name: str, field: GraphQLField, values: Mapping[str, Any], deep_page: int | None
) -> Iterator[tuple[str, str]]:
    required = {
        argument: _literal(_value(name, argument, each.type, values), each.type)
        for argument, each in field.args.items()
        if is_required_argument(each)
    }
    yield "", _written(required)
    for argument, each in field.args.items():
        if argument in PAGED or argument in required:
            continue
        type_: Any = get_nullable_type(each.type)
        if not is_input_object_type(type_):
            value = _literal(_value(name, argument, type_, values), type_)
            yield f"({argument})", _written({**required, argument: value})
            continue
        for key, filter_ in type_.fields.items():
            value = _literal(_value(name, key, filter_.type, values), filter_.type)
            yield f"({argument}.{key})", _written({**required, argument: f"{{{key}: {value}}}"})
    if deep_page is not None and "page" in field.args:
        yield f"(page {deep_page})", _written({**required, "page": str(deep_page)})


def _written(arguments: dict[str, str]) -> str:
    return f"({', '.join(f'{name}: {value}' for name, value in arguments.items())})" if arguments else ""


def _value(field: str, argument: str, type_: Any, values: Mapping[str, Any]) -> Any:
    named = get_named_type(type_)
    for key in (f"{field}.{argument}", argument, named.name):
        if key in values:
            return values[key]
    if not isinstance(named, GraphQLEnumType):
        raise LookupError(f"There is no value for {field}({argument}).")
    return next(iter(named.values))


def _literal(value: Any, type_: Any) -> str:
    type_ = get_nullable_type(type_)
    if is_list_type(type_):
        return f"[{_literal(value, type_.of_type)}]"
    if isinstance(type_, GraphQLEnumType):
        return str(value)
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _selection(type_: Any, *, deeper: bool = True) -> str:
    is_leaf = not is_composite_type(type_)
    if is_leaf:
        return ""
    if type_.name.endswith(CONNECTION):
        node = get_named_type(type_.fields["nodes"].type)
        return f"{{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {_leaves(node, deeper=deeper)} }}"
    return _leaves(type_, deeper=True)


def _leaves(type_: Any, *, deeper: bool) -> str:
    """Everything of an object that needs no arguments, and of what it is linked to the columns."""
    if not isinstance(type_, GraphQLObjectType):
        return "{ __typename }"
    parts = ["__typename"]
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if not is_composite_type(named):
            parts.append(name)
        elif deeper and not named.name.endswith(CONNECTION):
            parts.append(f"{name} {_leaves(named, deeper=False)}")
    return f"{{ {' '.join(parts)} }}"

"""Checks the declarations of a schema when it is built: columns, keys, and the types that links lead to."""

from collections.abc import Iterator, Sequence
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.types.base import StrawberryList, StrawberryOptional, get_object_definition

from resolvers.loaders import RowBatch
from schema.engine import nullability
from schema.engine.fields import Column, GraphField, Hint, Linked, Lookup, OwnLink, target_of
from schema.engine.types import NODE_TYPES


class WrongDeclaration(TypeError):
    """Fields of the graph that cannot work; the message names each with the reason."""


def check_declarations(schema: GraphQLSchema) -> None:
    """Raise WrongDeclaration unless each field of the schema's object types reads what its rows have.

    The rows of a type are those of its `by_id` and of every link that leads to it. What a class has an attribute for
    needs no column. Batch functions written by hand tell nothing about their rows and are passed over. What says how
    many entries it has is a list. What not everybody may read is nullable (`schema.engine.nullability`).
    """
    faults = [fault for name, type_ in sorted(_types(schema)) for fault in _faults(name, type_)]
    faults += nullability.faults_of(schema)
    if faults:
        raise WrongDeclaration("\n".join(faults))


def _types(schema: GraphQLSchema) -> Iterator[tuple[str, type]]:
    """The object types that were made from classes, and these."""
    for name, type_ in schema.type_map.items():
        declared = type_.extensions.get("strawberry-definition") if isinstance(type_, GraphQLObjectType) else None
        if declared is not None and get_object_definition(declared.origin) is not None:
            yield name, declared.origin


def _faults(name: str, type_: type) -> Iterator[str]:
    node = NODE_TYPES.get(name)
    own = _columns_of(node.by_id) if node is not None else None
    for field in _fields(type_):
        where = f"{name}.{field.python_name}"
        if field.at_most is not None and not _is_list(field):
            yield f"{where} declares how many entries it has at most, and is no list."
        for read in _reads_of(field):
            if own is not None and not _has(type_, own, read):
                yield f"{where} reads the column {read}, which rows of {name} do not have."
        if not isinstance(field, Linked) or (found := _columns_of(field.batch)) is None:
            continue
        if isinstance(field, Lookup):
            if field.python_name not in found:
                yield f"{where} is looked up in rows that have no such column."
            continue
        target = target_of(field)
        missing = sorted(
            read if read == column.python_name else f"{read} (read by {column.python_name})"
            for column in _fields(target)
            for read in _reads_of(column)
            if not _has(target, found, read)
        )
        if missing:
            yield f"{where} leads to {target.__name__}, but its batch function loads no {', '.join(missing)}."


def _fields(type_: type) -> list[GraphField]:
    definition = get_object_definition(type_, strict=True)
    return [field for field in definition.fields if isinstance(field, GraphField)]


def _is_list(field: GraphField) -> bool:
    of = field.type.of_type if isinstance(field.type, StrawberryOptional) else field.type
    return isinstance(of, StrawberryList)


def _reads_of(field: GraphField) -> Sequence[str]:
    """The columns of the object's row that a field begins with, if it begins with any."""
    if isinstance(field, Column):
        return [field.column or field.python_name]
    if isinstance(field, Linked) and not isinstance(field, OwnLink):
        return [field.key]
    return sorted(field.permission.columns) if isinstance(field, Hint) else []


def _columns_of(batch: Any) -> frozenset[str] | None:
    return batch.unprojected.columns if isinstance(batch, RowBatch) else None


def _has(type_: type, columns: frozenset[str], name: str) -> bool:
    return name in columns or hasattr(getattr(type_, name, None), "__get__")

"""How values of the graph stand in replies that the database makes."""

from typing import Any

from graphql import GraphQLBoolean, GraphQLEnumType, GraphQLFloat, GraphQLID, GraphQLInt, GraphQLString
from strawberry.schema.types.base_scalars import DateDefinition, DateTimeDefinition

from models import json_sql
from models.json_sql import Form
from schema.engine.executor.outputs import Leaf

_SCALARS: dict[Any, Form] = {
    GraphQLString: json_sql.TEXT,
    GraphQLID: json_sql.TEXT,
    GraphQLBoolean: json_sql.BOOLEAN,
    GraphQLInt: json_sql.INT,
    GraphQLFloat: json_sql.FLOAT,
}
_SERIALIZED: dict[Any, Form] = {
    int: json_sql.NUMBER,
    DateDefinition.serialize: json_sql.ISO,
    DateTimeDefinition.serialize: json_sql.ISO,
}
"""The forms of scalars by what makes their values."""


def form_of(leaf: Leaf) -> Form | None:
    """How values of a scalar or an enum stand in a reply that the database makes."""
    type_ = leaf.type
    if not isinstance(type_, GraphQLEnumType):
        return _SCALARS.get(type_) or _SERIALIZED.get(type_.coerce_output_value)
    members = list(getattr(type_, "wrapped_cls", None) or ())
    if not members or not all(isinstance(member.value, str) for member in members):
        return None
    return json_sql.choice({member.value: type_.coerce_output_value(member) for member in members})

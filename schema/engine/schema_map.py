"""The schema as `/schema-map` draws it: types with their fields, where these lead, and who may read them."""

from collections.abc import Iterator
from typing import Any

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from auth.policies import Policy
from schema.engine.nullability import node_of, policy_of

_KINDS: dict[type[GraphQLNamedType], str] = {
    GraphQLObjectType: "object",
    GraphQLInterfaceType: "interface",
    GraphQLInputObjectType: "input",
    GraphQLEnumType: "enum",
}


def schema_map(schema: GraphQLSchema) -> bytes:
    """The types by name, as JSON."""
    types = (type_ for name, type_ in sorted(schema.type_map.items()) if not name.startswith("__"))
    return orjson.dumps({"types": [found for type_ in types if (found := _type(schema, type_)) is not None]})


def _type(schema: GraphQLSchema, type_: GraphQLNamedType) -> dict[str, Any] | None:
    kind = next((kind for class_, kind in _KINDS.items() if isinstance(type_, class_)), None)
    if kind is None:
        return None
    return {
        "name": type_.name,
        "kind": kind,
        "area": _area(type_),
        "description": type_.description,
        # Roots, lists and payloads are ways to objects rather than objects.
        "isDrawn": isinstance(type_, GraphQLObjectType)
        and type_ not in (schema.mutation_type, schema.subscription_type)
        and node_of(type_) is None
        and not type_.name.endswith(("Payload", "PageInfo", "UserError")),
        "fields": list(_fields(type_)),
    }


def _fields(type_: GraphQLNamedType) -> Iterator[dict[str, Any]]:
    if isinstance(type_, GraphQLEnumType):
        yield from ({"name": name, "description": value.description} for name, value in type_.values.items())
        return
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType)  # noqa: S101
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        described = {
            "name": name,
            "description": field.description,
            "type": str(field.type),
            "leadsTo": (node_of(named) or named).name,
        }
        if not isinstance(type_, GraphQLInputObjectType):
            described["readers"] = _readers(type_, field)
            described["isDeprecated"] = field.deprecation_reason is not None
        yield described


def _readers(type_: GraphQLNamedType, field: Any) -> str:
    """Who may read the field, in words."""
    declared: Policy | None = getattr(field.extensions.get("strawberry-definition"), "policy", None)
    return (declared or policy_of(type_)).description


def _area(type_: GraphQLNamedType) -> str:
    """The part of the graph: the module or package of `schema` that declares the type."""
    definition = type_.extensions.get("strawberry-definition")
    origin = getattr(definition, "origin", None) or getattr(definition, "wrapped_cls", None)
    parts = (getattr(origin, "__module__", "") or "").split(".")
    return parts[1] if parts[0] == "schema" and len(parts) > 1 and parts[1] not in {"engine", "schema"} else ""

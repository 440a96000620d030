"""Operations written from the schema."""

from functools import cache
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from schema.schema import build_schema
from tests.support.clients import Person, Product

SCHEMA = build_schema()._schema
TYPES = SCHEMA.type_map


def object_type(name: str) -> GraphQLObjectType:
    """The object type of this name."""
    found = TYPES[name]
    assert isinstance(found, GraphQLObjectType)
    return found


@cache
def node_types() -> list[str]:
    """The names of the types that `node(id:)` finds."""
    node = TYPES["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    return sorted(type_.name for type_ in SCHEMA.get_possible_types(node))


@cache
def value_types() -> list[str]:
    """The names of the types without an id, but for roots, connections, payloads and what only payloads hold."""
    roots = {"Query", "Mutation", "Subscription"}
    told = {"PageInfo", "UserError", "RejectedUser", "RejectedLine", "Captcha", "UploadedImage", "MergedTable"}
    told |= {"UserResult", "PasswordResult"}
    return sorted(
        name
        for name, type_ in TYPES.items()
        if isinstance(type_, GraphQLObjectType)
        and not name.startswith("__")
        and name not in roots | told | set(node_types())
        and not name.endswith(("Connection", "Edge", "Payload"))
    )


def target(field: GraphQLField) -> str:
    """The name of the type that a field leads to; for a connection, of what it holds."""
    name = str(get_named_type(field.type).name)
    return target(object_type(name).fields["nodes"]) if name.endswith("Connection") else name


def is_connection(field: GraphQLField) -> bool:
    """Whether the field leads to a connection."""
    return str(get_named_type(field.type).name).endswith("Connection")


def selection(field: GraphQLField) -> str:
    """What is selected of a field to know which objects it shows."""
    type_ = get_named_type(field.type)
    if is_leaf_type(type_):
        return ""
    if is_connection(field):
        return f" {{ totalCount nodes {selection(object_type(type_.name).fields['nodes'])} }}"
    return " { __typename ... on Node { id } }" if _is_node(type_.name) else " { __typename }"


def _is_node(name: str) -> bool:
    return name == "Node" or name in node_types()


def called(name: str, field: GraphQLField) -> str:
    """A field with a page as large as it may be. Fields that require more are called with `arguments` of the table."""
    if any(is_required_argument(argument) for argument in field.args.values()):
        raise AssertionError(f"{name} requires arguments: give them under [Query.arguments] in expected/roots.toml.")
    return f"{name}(first: 100)" if "first" in field.args else name


def mutation(name: str) -> str:
    """The mutation, with the ids of what it changed and its errors."""
    field = object_type("Mutation").fields[name]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    parts = [
        f"{part}{selection(shown)}" for part, shown in payload.fields.items() if part not in {"errors", "rejected"}
    ]
    body = f"{{ {' '.join(parts)} errors {{ code message path }} }}"
    given = field.args.get("input")
    if given is None:
        return f"mutation {{ {name} {body} }}"
    return f"mutation($input: {given.type}) {{ {name}(input: $input) {body} }}"


async def do(product: Product, person: Person | None, name: str, /, **values: Any) -> dict[str, Any]:
    """The payload of a mutation that takes effect."""
    data = await product.data(mutation(name), {"input": values}, person=person)
    payload: dict[str, Any] = data[name]
    assert payload["errors"] == [], (name, payload["errors"])
    return payload

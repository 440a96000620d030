"""Values that fit the schema and that nobody expects, for any input of the graph."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    get_named_type,
    is_leaf_type,
    is_object_type,
    is_required_input_field,
)
from hypothesis import strategies as st

from models.base import MAX_ID
from schema.engine.node_id import MAX_DATABASE_ID, encode, encode_cursor
from schema.engine.types import NODE_TYPES

NODES = tuple(sorted(NODE_TYPES))
NUMBERS = (1, 2, 3, 7, 0, -1, MAX_ID, MAX_ID + 1, MAX_DATABASE_ID, -MAX_DATABASE_ID)
TEXTS = (
    *("", " ", "\0", "a\0b", "\r\n", "\x1b[2J", "\u202e", "\ufeff", "\ufffe", "\U0010ffff", "e\u0301", "😀" * 40),
    *("１２３", "12", "-1", "0", "9" * 400, "1e400", "NaN", "Infinity", "true", "null", "{}", "[", "%00", "%0D%0A"),
    *("x" * 64, "长" * 256, "x" * 5000, "a" * 100_000, "../../etc/passwd", "'; DROP TABLE users; --", "=1+1", "%", "_"),
    *(
        "a@example.com",
        "@",
        "a@b\r\nBcc: c@d",
        "13912340001",
        "１３９１２３４０００１",
        "8888888888",
        "admin",
        "2020001",
    ),
    *("2026-07", "0000-00", "9999-12", "0001-01", "2026-03-02", "11010119900307123X", "1101011990030712３X", "重庆市"),
    *("/images/x.png", "/files/..%2f", "https://[", "http://example.com:99999/", "data:,", "dev-fuzz"),
)
INSTANTS = (
    *("2026-03-02T02:00:00Z", "2026-03-02T02:00:00", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-12:00"),
    *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+23:59"),
    *("1900-01-01T00:00:00Z", "9000-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z", "2026-02-28T23:59:60Z"),
)
DAYS = ("2026-03-02", "2024-02-29", "2026-02-29", "0001-01-01", "9999-12-31", "0000-00-00", "20260302", "2026-W10-1")
DECIMALS = ("0", "-0", "1.5", "-1", "NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1e-400", "9" * 60, "１", "0.001")
JSONS: tuple[Any, ...] = (None, {}, [], {"a\0": "\0"}, [[[[[1e308]]]]], {"": {"": [MAX_DATABASE_ID]}}, "x" * 2000, 1)

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "String": st.sampled_from(TEXTS),
    "Int": st.sampled_from((1, 0, -1, 2, 5, 100, 101, 2**31 - 1, -(2**31))),
    "BigInt": st.sampled_from((1, 0, -1, 1000, MAX_ID, -MAX_ID)),
    "Float": st.sampled_from((0.0, -0.0, 0.5, -1.5, 1e308, -1e308, 5e-324, 2.0**63)),
    "Boolean": st.booleans(),
    "Date": st.sampled_from(DAYS),
    "DateTime": st.sampled_from(INSTANTS),
    "Decimal": st.sampled_from(DECIMALS),
    "JSON": st.sampled_from(JSONS),
    "Upload": st.sampled_from(("a text", "", None)),
}
_IDS = st.builds(encode, st.sampled_from(NODES), st.sampled_from(NUMBERS))
_NO_IDS = st.sampled_from(("", "x", "VXNlcjo=", "VXNlcjr_", encode_cursor(1), encode("User", 10**18) + "=", *TEXTS[:8]))


def inputs_of(type_: GraphQLInputType, name: str = "") -> st.SearchStrategy[Any]:
    """What a variable of this type may hold; ids mostly fit the name of their field."""
    if isinstance(type_, GraphQLNonNull):
        return inputs_of(type_.of_type, name)
    if isinstance(type_, GraphQLList):
        return st.lists(inputs_of(type_.of_type, name), max_size=3)
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from(sorted(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        return st.fixed_dictionaries(
            {n: inputs_of(f.type, n) for n, f in type_.fields.items() if is_required_input_field(f)},
            optional={
                n: st.none() | inputs_of(f.type, n) for n, f in type_.fields.items() if not is_required_input_field(f)
            },
        )
    assert isinstance(type_, GraphQLScalarType)
    return _ids_of(name) if type_.name == "ID" else SCALARS[type_.name]


def _ids_of(name: str) -> st.SearchStrategy[str]:
    words = name.removesuffix("Ids").removesuffix("Id")
    fitting = [node for node in NODES if words.lower().endswith(node.lower())]
    if not fitting:
        return _IDS | _NO_IDS
    return st.builds(encode, st.sampled_from(fitting), st.sampled_from(NUMBERS)) | _IDS | _NO_IDS


def selection_of(type_: GraphQLOutputType, depth: int = 2) -> str:
    """All that can be read of a type without arguments, some levels deep; "" for what has no fields."""
    named: GraphQLNamedType = get_named_type(type_)
    if is_leaf_type(named):
        return ""
    assert is_object_type(named)
    return f"{{ {' '.join(_fields(named, depth))} }}"


def _fields(type_: GraphQLObjectType, depth: int) -> list[str]:
    found = ["__typename"]
    for name, field in type_.fields.items():
        if any(isinstance(argument.type, GraphQLNonNull) for argument in field.args.values()):
            continue
        if is_leaf_type(get_named_type(field.type)):
            found.append(name)
        elif depth and is_object_type(get_named_type(field.type)):
            found.append(f"{name} {selection_of(field.type, depth - 1)}")
    return found

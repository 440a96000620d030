"""The rules that hold for every field of the graph and every row of the REST layer."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    NoDeprecatedCustomRule,
    parse,
    validate,
)
from strawberry.utils.str_converters import to_camel_case

from auth import policies
from auth.policies import Policy
from resolvers.goals import employment_by_id
from rest_compat.apis import DIALECTS
from rest_compat.dialect import Dialect
from schema.engine.fields import GraphField, column, resolved
from schema.engine.mutations import mutation
from schema.engine.types import NODE_TYPES, input_type, node_type, root_type, value_type
from schema.schema import build_schema

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"
REFRESH = (
    "The graph has changed. Look at the difference, and if it is meant, commit the new SDL:"
    " .venv/bin/python -m cli export-schema schema/schema.graphql"
)
SCHEMA = build_schema()
_roots = (SCHEMA._schema.query_type, SCHEMA._schema.mutation_type, SCHEMA._schema.subscription_type)
ROOTS = [root for root in _roots if root is not None]
TYPES = [type_ for name, type_ in SCHEMA._schema.type_map.items() if not name.startswith("__")]


def described(type_: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    """Whatever in a type needs a description, with the one it has."""
    yield type_.name, type_.description
    if isinstance(type_, GraphQLEnumType):
        for name, value in type_.values.items():
            yield f"{type_.name}.{name}", value.description
    elif isinstance(type_, GraphQLInputObjectType):
        for name, input_field in type_.fields.items():
            yield f"{type_.name}.{name}", input_field.description
    elif isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", field.description
            for argument, definition in field.args.items():
                yield f"{type_.name}.{name}({argument})", definition.description


def graph_fields() -> Iterator[tuple[str, object]]:
    """Every field of an object type, as it was declared."""
    for type_ in TYPES:
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", (field.extensions or {}).get("strawberry-definition")


def test_everything_is_described() -> None:
    found = [entry for type_ in TYPES for entry in described(type_)]

    assert len(found) > 300
    assert [name for name, description in found if not (description or "").strip()] == []


def test_input_types_are_described_by_nouns() -> None:
    """Not by a question such as "What to reject, and why."."""
    found = {type_.name: type_.description or "" for type_ in TYPES if isinstance(type_, GraphQLInputObjectType)}

    assert len(found) > 100
    assert [name for name, description in found.items() if re.match(r"(For )?(Wh|Some)", description)] == []


def test_every_field_has_a_policy() -> None:
    fields = dict(graph_fields())

    assert len(fields) > 150
    assert [name for name, field in fields.items() if not isinstance(field, GraphField)] == []
    assert [
        name for name, field in fields.items() if isinstance(field, GraphField) and not isinstance(field.policy, Policy)
    ] == []


def test_no_field_of_a_root_leaves_the_question_to_an_object() -> None:
    """At the root there is neither a parent nor an owner."""
    fields = {
        name: field
        for name, field in graph_fields()
        if name.split(".")[0] in {root.name for root in ROOTS} and isinstance(field, GraphField)
    }

    assert len(fields) > 20
    for name, field in fields.items():
        assert field.policy is not None
        assert field.policy is not policies.with_parent, name
        assert not field.policy.needs_owner, name


def test_an_owner_is_a_column_of_the_object() -> None:
    """A policy that asks for the owner finds one on every type that uses it."""
    for path, field in graph_fields():
        name = path.split(".")[0]
        if name in NODE_TYPES and isinstance(field, GraphField) and field.policy and field.policy.needs_owner:
            assert field.owner_key == ("id" if name == "User" else "user_id"), path


def test_what_may_be_read_with_its_parent_is_reached_through_a_guarded_field() -> None:
    """`with_parent` is for values inside an object that has a policy of its own, never for objects with an id."""
    for path, field in graph_fields():
        if path.split(".")[0] in NODE_TYPES and isinstance(field, GraphField):
            assert field.policy is not policies.with_parent, path


@pytest.mark.parametrize(
    "endpoint",
    [
        pytest.param(endpoint, id=f"{endpoint.method} {endpoint.path}")
        for dialect in DIALECTS
        for endpoint in dialect.endpoints
    ],
)
def test_every_rest_endpoint_has_a_policy(endpoint: object) -> None:
    access = getattr(endpoint, "access", None)

    assert isinstance(access, Policy)
    assert access is not policies.with_parent
    assert not access.needs_owner


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_no_operation_of_an_old_api_uses_what_is_deprecated(dialect: Dialect) -> None:
    """They stand in the guide for those who move to the graph."""
    documents = {row.operation: parse(row.source(dialect.folder)) for row in dialect.endpoints}

    assert [
        n for n, document in documents.items() if validate(SCHEMA._schema, document, [NoDeprecatedCustomRule])
    ] == []


def test_the_committed_sdl_is_the_graph() -> None:
    assert SDL.read_text(encoding="utf-8") == SCHEMA.as_str() + "\n", REFRESH


def test_the_parts_of_a_root_do_not_hide_each_others_fields() -> None:
    declared = [name for name, _ in graph_fields() if name.startswith(("Query.", "Mutation.", "Subscription."))]

    assert len(declared) == len(set(declared))


def test_a_type_without_a_policy_is_refused() -> None:
    with pytest.raises(TypeError, match="policy"):

        @node_type(description="No policy.", by_id=employment_by_id)  # type: ignore[call-arg]
        class Nobodys:
            pass


def test_a_root_field_without_a_policy_is_refused() -> None:
    with pytest.raises(TypeError, match=r"OpenQuery\.secret declares no policy"):

        @root_type
        class OpenQuery:
            @resolved("No policy.")
            def secret(self) -> str:
                return ""


def test_a_mutation_without_a_policy_is_refused() -> None:
    with pytest.raises(TypeError, match="policy"):
        mutation("No policy.")  # type: ignore[call-arg]


def test_a_field_that_bypasses_the_helpers_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Bypass\.secret is declared without the helpers"):

        @value_type(description="A plain field.", policy=policies.public)
        class Bypass:
            secret: str


def test_a_field_without_a_description_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Silent\.secret has no description"):

        @value_type(description="Says nothing.", policy=policies.public)
        class Silent:
            secret: str = column("")


def test_an_input_without_a_description_is_refused() -> None:
    with pytest.raises(TypeError, match=r"SilentInput\.secret has no description"):

        @input_type(description="Says nothing.")
        class SilentInput:
            secret: str


def test_a_field_that_has_lost_its_policy_answers_nobody() -> None:
    """Closed by default, even if a declaration should slip past the decorators."""
    field = GraphField(description="Forgotten.")

    with pytest.raises(RuntimeError, match="declares no policy"):
        field.get_result(object(), object(), [], {})


def blamed_fields() -> Iterator[tuple[str, str]]:
    """Each field that a rule names as being at fault, with where it does."""
    for package in ("resolvers", "auth", "schema"):
        for file in (SDL.parents[1] / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                values = [keyword.value for keyword in node.keywords if keyword.arg == "field"]
                if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "checks":
                    values += node.args[1:2]
                for value in values:
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield value.value, f"{file.name}:{node.lineno}"


def test_a_field_that_is_blamed_is_one_that_somebody_can_send() -> None:
    """The path of an error leads to an argument or a field of an input, by whose name clients find it."""
    sent = {
        name
        for type_ in SCHEMA._schema.type_map.values()
        if isinstance(type_, GraphQLInputObjectType)
        for name in type_.fields
    }
    arguments = {name for root in ROOTS for field in root.fields.values() for name in field.args}
    blamed = list(blamed_fields())

    assert len(blamed) > 150
    assert [
        (field, place)
        for field, place in blamed
        if not {to_camel_case(name) for name in field.split(".") if name} <= sent | arguments
    ] == []


def test_a_mutation_takes_nothing_but_an_input() -> None:
    """The paths of its errors begin with `input`. What came later, and whose input others share, is the exception."""
    (mutations,) = [root for root in ROOTS if root.name == "Mutation"]
    arguments = {name: tuple(field.args) for name, field in mutations.fields.items()}

    assert arguments.pop("acquireContact") == ("input", "acceptSigned")
    assert set(arguments.values()) == {("input",), ()}


def test_the_examples_of_managing_users_fit_the_graph() -> None:
    guide = (SDL.parents[1] / "docs" / "users.md").read_text(encoding="utf-8")
    examples = re.findall(r"```graphql\n(.*?)```", guide, re.DOTALL)

    assert len(examples) == 6
    assert [validate(SCHEMA._schema, parse(example)) for example in examples] == [[]] * len(examples)

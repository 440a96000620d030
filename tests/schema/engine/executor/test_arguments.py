"""Arguments are what graphql-core makes of them, call by call, and no call gets another's."""

from collections.abc import Sequence
from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    get_argument_values,
    get_variable_values,
    parse,
    print_ast,
)
from graphql.execution.values import VariableValues
from graphql.type import GraphQLDefaultInput

from schema.engine.executor.arguments import Arguments

INPUT = GraphQLInputObjectType(
    "In",
    {
        "a": GraphQLInputField(GraphQLInt),
        "b": GraphQLInputField(GraphQLNonNull(GraphQLInt), default=GraphQLDefaultInput(value=3)),
        "l": GraphQLInputField(GraphQLList(GraphQLInt)),
    },
)
WRITTEN = GraphQLScalarType("Written", coerce_input_value=str, coerce_input_literal=print_ast)
"""A value is what is written in the document."""
ARGUMENTS = {
    "plain": GraphQLArgument(GraphQLInt),
    "default": GraphQLArgument(GraphQLInt, default=GraphQLDefaultInput(value=1)),
    "needed": GraphQLArgument(GraphQLNonNull(GraphQLString)),
    "neededDefault": GraphQLArgument(GraphQLNonNull(GraphQLInt), default=GraphQLDefaultInput(value=2)),
    "renamed": GraphQLArgument(GraphQLInt, out_name="other"),
    "list": GraphQLArgument(GraphQLList(GraphQLInt), default=GraphQLDefaultInput(value=[1, 2])),
    "object": GraphQLArgument(INPUT, default=GraphQLDefaultInput(value={"a": 4, "l": [5]})),
    "neededObject": GraphQLArgument(GraphQLNonNull(INPUT)),
    "written": GraphQLArgument(WRITTEN),
}
GIVEN: dict[str, Sequence[str]] = {
    "plain": ("1", "null", "$i", "$n", '"x"'),
    "default": ("7", "null", "$i", "$n"),
    "needed": ('"x"', "null", "$s", "$t", "1"),
    "neededDefault": ("7", "null", "$i", "$n"),
    "renamed": ("7", "$i"),
    "list": ("[1]", "7", "[$i, 2]", "[$n]", "$l", "null"),
    "object": ("{}", "{a: $i}", "{b: $i}", "{b: $n}", "{l: [$i]}", "{l: $l}", "$o", "null", "{c: 1}", "{a: 1, l: [2]}"),
    "neededObject": ("{}", "{a: $i, b: 9}", "{b: $i}", "$o", "$p", "null"),
    "written": ('"x"', "{a: 1}", "{a: $i}", "[$i]", "[{a: [$i]}]", "$s"),
}
DECLARED = "($i: Int, $n: Int!, $s: String, $t: String!, $l: [Int], $o: In, $p: In!)"
SENT: Sequence[dict[str, Any]] = (
    {},
    {"i": 5, "s": "y", "l": [6, None], "o": {"a": 8, "l": [1]}},
    {"i": None, "s": None, "l": None, "o": None},
)
ALWAYS = {"n": 4, "t": "z", "p": {"b": 6}}
SCHEMA = GraphQLSchema(GraphQLObjectType("Query", {"f": GraphQLField(GraphQLInt, ARGUMENTS)}))


def _node(given: dict[str, str]) -> tuple[FieldNode, OperationDefinitionNode]:
    arguments = ", ".join(f"{name}: {value}" for name, value in given.items())
    (operation,) = parse(f"query {DECLARED} {{ f{f'({arguments})' if arguments else ''} }}").definitions
    assert isinstance(operation, OperationDefinitionNode)
    (node,) = operation.selection_set.selections
    assert isinstance(node, FieldNode)
    return node, operation


def _variables(operation: OperationDefinitionNode, sent: dict[str, Any]) -> VariableValues:
    values = get_variable_values(SCHEMA, operation.variable_definitions or (), deepcopy({**ALWAYS, **sent}))
    assert isinstance(values, VariableValues)
    return values


def _told(function: Any) -> Any:
    try:
        return function()
    except GraphQLError as error:
        return error.message, error.locations


def _spoilt(value: Any) -> None:
    """Change whatever of a value can be changed."""
    if isinstance(value, list):
        for item in value:
            _spoilt(item)
        value.append("spoilt")
    elif isinstance(value, dict):
        for item in value.values():
            _spoilt(item)
        value["spoilt"] = True


def _check(definition: GraphQLField, given: dict[str, str]) -> None:
    """Fail unless it is graphql-core's in each run, whatever the runs before did to theirs."""
    node, operation = _node(given)
    arguments = Arguments(definition, node)
    for sent, hides in product((*SENT, *SENT), (False, True)):
        variables = _variables(operation, sent)
        wanted = _told(
            lambda v=variables, h=hides: deepcopy(get_argument_values(definition, node, v, hide_suggestions=h))
        )
        found = _told(lambda v=variables, h=hides: arguments.of(v, hide_suggestions=h))
        assert found == wanted, (given, sent)
        if isinstance(found, dict):
            for value in found.values():
                _spoilt(value)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_one_argument(name: str) -> None:
    definition = GraphQLField(GraphQLInt, {name: ARGUMENTS[name]})
    _check(definition, {})
    for value in GIVEN[name]:
        _check(definition, {name: value})


@pytest.mark.parametrize(("first", "second"), [(a, b) for a in ARGUMENTS for b in ARGUMENTS if a < b])
def test_two_arguments(first: str, second: str) -> None:
    definition = GraphQLField(GraphQLInt, {name: ARGUMENTS[name] for name in (first, second)})
    for one, other in product(GIVEN[first][::2], GIVEN[second][::2]):
        _check(definition, {second: other, first: one})


@pytest.mark.parametrize(
    ("given", "are_constant"),
    [
        ({}, True),
        ({"plain": "1", "default": "null", "written": '"x"'}, True),
        ({"plain": "$n"}, False),
        ({"list": "[1]"}, False),
        ({"written": "{a: $i}"}, False),
    ],
)
def test_constants_are_worked_out_once(given: dict[str, str], are_constant: bool) -> None:
    definition = GraphQLField(GraphQLInt, {name: ARGUMENTS[name] for name in ("plain", "default", "written", *given)
                                           if name != "list" or "list" in given})  # fmt: skip
    assert Arguments(definition, _node(given)[0]).are_constant is are_constant

"""Prepared operations coerce variables as graphql-core does, or leave them to it."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import graphql
import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLSchema,
    get_variable_values,
    is_enum_type,
    is_input_object_type,
    is_scalar_type,
)
from graphql.execution.values import VariableValues
from graphql.language.parser import MAX_NESTING_DEPTH

from schema.engine.executor import Prepared, execute
from tests.schema.engine.executor import small
from tests.schema.engine.executor.comparison import COMPILED, GRAPHQL, SCHEMA, EagerExecutor, prepared, settled
from tests.schema.engine.executor.operations import ODD, Generator
from tests.schema.engine.executor.test_differential import VALUES

SCALARS, ENUMS, INPUTS = (
    [type_.name for type_ in GRAPHQL.type_map.values() if is_kind(type_) and not type_.name.startswith("__")]
    for is_kind in (is_scalar_type, is_enum_type, is_input_object_type)
)
SENT: Sequence[Any] = (
    *ODD,
    *(False, 0, 1, -1, 2**31 - 1, -(2**31) - 1, 2**53, 2**64, 10**400, 1.0, 2.0**31, float("inf")),
    *("1", "\x00", "\ud800", b"bytes", object()),
    *([1], [[1]], ["a", None], (1, 2), {"a": {}}, "2026-03-02", "2026-03-02T00:00:00Z", "1.5"),
)  # fmt: skip
"""What may come for a variable of any type."""
WRAPPED = ("{}", "{}!", "[{}]", "[{}!]!", "[[{}]]")


def _checked(schema: GraphQLSchema, known: Prepared, sent: dict[str, Any] | None) -> bool:
    """Whether graphql-core takes the values; fails unless `coerce` says the same."""
    wanted = get_variable_values(schema, known.operation.variable_definitions or (), sent or {})
    found = known.coerce(sent)
    if isinstance(wanted, list):
        assert found is None, (known.document, sent)
        return False
    assert isinstance(found, VariableValues), (known.document, sent)
    assert repr(found) == repr(wanted)  # other than ==, it tells 1 from True and 1.0, and NaN is NaN
    assert list(found.coerced) == list(wanted.coerced)
    return True


async def _answers_alike(known: Prepared, sent: dict[str, Any] | None) -> None:
    for hides in (False, True):
        wanted = await settled(
            graphql.execute(GRAPHQL, known.document, variable_values=sent, hide_suggestions=hides),
        )
        found = await settled(execute(COMPILED, known, sent, None, hide_suggestions=hides))  # type: ignore[arg-type]
        assert found.data == wanted.data
        assert [each.formatted for each in found.errors or ()] == [each.formatted for each in wanted.errors or ()]


def _values(name: str) -> Iterator[Any]:
    yield from SENT
    type_ = GRAPHQL.type_map[name]
    if is_enum_type(type_):
        for member in list(type_.values)[:4]:
            yield from (member, member.lower())
    if isinstance(type_, GraphQLInputObjectType):
        generator = Generator(GRAPHQL, Random(name), VALUES)  # noqa: S311
        made = [generator._input(type_) for _ in range(12)]
        yield from made
        for value in made[:4]:
            yield {**value, "unknown": 1}
            yield from ({**value, field: odd} for field in type_.fields for odd in (None, True, 2**31, [1], {"odd": 1}))
            yield from ({each: value[each] for each in value if each != field} for field in value)


@pytest.mark.parametrize("name", [*SCALARS, *ENUMS, *INPUTS])
async def test_values_are_coerced_as_graphql_core_does(name: str) -> None:
    taken = 0
    values = list(_values(name))
    for wrapped in WRAPPED[: 2 if name in INPUTS else len(WRAPPED)]:
        known = prepared(SCHEMA, f"query ($v: {wrapped.format(name)}) {{ __typename }}")
        for value in values:
            taken += _checked(GRAPHQL, known, {"v": value})
        _checked(GRAPHQL, known, {})
        for value in (*values[:: max(1, len(values) // 8)], None):
            await _answers_alike(known, {"v": value})
        await _answers_alike(known, None)
    assert taken > 0


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("query ($a: Int, $b: String!, $c: [Date!]) { __typename }", {"b": "x"}),
        ("query ($a: Int, $b: String!, $c: [Date!]) { __typename }", {"c": ["2026-03-02"], "b": "x", "d": 1}),
        ("query ($a: Int, $b: String!, $c: [Date!]) { __typename }", {"a": None, "c": None}),
        ("query ($a: Int, $b: String!, $c: [Date!]) { __typename }", {"a": True, "b": 1, "c": [None]}),
        ("query ($a: Int, $b: String!, $c: [Date!]) { __typename }", None),
        ("query ($a: Int, $b: Boolean) { __typename }", None),
        ("{ __typename }", None),
        ("{ __typename }", {"a": 1}),
    ],
)
async def test_several_variables(text: str, sent: dict[str, Any] | None) -> None:
    known = prepared(SCHEMA, text)
    _checked(GRAPHQL, known, sent)
    await _answers_alike(known, sent)


@pytest.mark.parametrize("sent", [{}, {"b": 2}, {"b": None}, {"b": 2, "a": "x"}, {"a": None, "b": None}])
async def test_defaults_are_for_graphql_core(sent: dict[str, Any]) -> None:
    known = prepared(SCHEMA, "query ($a: Int = 7, $b: Int) { __typename }")
    assert known.coerce(sent) is None
    await _answers_alike(known, sent)


@pytest.mark.parametrize("type_", ["Unknown", "Post!", "[User]"])
async def test_types_that_are_no_input_are_for_graphql_core(type_: str) -> None:
    known = prepared(SCHEMA, f"query ($a: {type_}) {{ __typename }}")
    assert known.coerce({"a": 1}) is None
    await _answers_alike(known, {"a": 1})


@pytest.mark.parametrize("depth", [MAX_NESTING_DEPTH, MAX_NESTING_DEPTH + 1, 100_000])
async def test_values_nested_too_deeply_are_for_graphql_core(depth: int) -> None:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"inner": value}
    known = prepared(small.SCHEMA, "query ($f: Filter) { __typename }")
    assert _checked(small.SCHEMA._schema, known, {"f": value}) is (depth <= MAX_NESTING_DEPTH)


def test_values_of_a_run_are_not_those_of_another() -> None:
    known = prepared(SCHEMA, "query ($a: [Int], $b: PostFilter) { __typename }")
    sent = {"a": [1], "b": {"authorId": "x"}}
    first = known.coerce(sent)
    assert isinstance(first, VariableValues)
    first.coerced["a"].append(2)
    first.coerced["b"]["authorId"] = "y"
    first.coerced["c"] = first.sources["c"] = None  # type: ignore[assignment]

    again = known.coerce(sent)
    assert isinstance(again, VariableValues)
    left_out = dict.fromkeys(("authorIds", "createdFrom", "createdTo"))
    assert again.coerced == {"a": [1], "b": {"authorId": "x", **left_out}}
    assert sent == {"a": [1], "b": {"authorId": "x"}}


async def test_what_plans_do_not_support_is_asked_for_once() -> None:
    unplanned = EagerExecutor.plans.unplanned
    known = prepared(SCHEMA, "query ($a: Boolean = true) { __typename @skip(if: $a) }")
    await _answers_alike(known, {"a": None})
    assert EagerExecutor.plans.unplanned == unplanned + 2

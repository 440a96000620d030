"""Both executors on a small schema: data, errors and their order are equal."""

import gc
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import ExecutionResult, get_introspection_query

from tests.schema.engine.executor.both import Both, Traced
from tests.schema.engine.executor.small import SCHEMA

pytestmark = pytest.mark.filterwarnings(
    # graphql-core leaves what it started when null takes the place of all of it.
    "ignore:coroutine .* was never awaited:RuntimeWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()  # what graphql-core left, while a test still ignores it


BOTH = Both(SCHEMA)
CONDITIONS = """
query ($a: Boolean!, $b: Boolean!) { leaf { ...F @skip(if: $a) ... @include(if: $b) { depth } } }
fragment F on Leaf { name @include(if: $b) later }
"""
OPERATIONS: list[tuple[str, dict[str, Any]]] = [
    ("{ leaf { name depth } needed { name __typename } }", {}),
    ("{ b: leaf { z: name a: depth } a: leaf { name name depth } ...F } fragment F on Query { a: leaf { later } }", {}),
    ("{ needed { optional name required } leaf { name } }", {}),
    ("{ leaf { required optional } needed { optional } }", {}),
    ("{ leaf { returned null name } day }", {}),
    ("{ leaf { holes { name required } } }", {}),
    ("{ leaf { holes { name optional } } needed { holes { null } } }", {}),
    ("{ leaf { children { children(count: 3) { name later optional } } } }", {}),
    ("{ leaf { children { optional children { required } } } }", {}),
    ("{ leaf { children(count: 0) { required } } }", {}),
    ("{ things { __typename ... on Leaf { name depth } ... on Stone { weight } ... on Named { again: name } } }", {}),
    ("{ things { ... on Leaf { required optional } } day }", {}),
    ("{ named { __typename name ... on Stone { weight } ... on Leaf { holes { name } } } }", {}),
    ("{ wrong { name } unknown { name } day }", {}),
    ("{ matrix }", {}),
    ("{ strict }", {}),
    ("{ noList generated }", {}),
    ("{ streamed promised }", {}),
    ("{ colours day noDay texts }", {}),
    ('{ echo(filter: {names: ["x"], colour: BLUE, inner: {}}, numbers: [1, 2]) again: echo }', {}),
    ("query ($f: Filter, $n: [Int!]) { a: echo(filter: $f, numbers: $n) b: echo(numbers: $n) }", {"n": [1]}),
    ("query ($f: Filter) { a: echo(filter: $f) b: echo(filter: {inner: $f}) }", {"f": {"colour": "BLUE"}}),
    ("query ($c: Colour!) { echo(filter: {colour: $c}) }", {"c": "GREEN"}),
    ("query ($d: Int) { leaf(depth: $d) { depth } }", {"d": None}),
    ("query ($d: Int = 7) { leaf(depth: $d) { depth } }", {}),
    ("query ($a: Boolean!) { leaf { name @skip(if: $a) depth @include(if: $a) } }", {"a": True}),
    ("query ($a: Boolean!) { leaf { name @skip(if: $a) depth @include(if: $a) } }", {"a": False}),
    (CONDITIONS, {"a": False, "b": True}),
    (CONDITIONS, {"a": False, "b": False}),
    (CONDITIONS, {"a": True, "b": True}),
    ("query ($a: Boolean!) { leaf @skip(if: $a) { name } }", {"a": True}),
    ("{ leaf { name @skip(if: true) } }", {}),
    ("{ leaf { hidden null secret returned } needed { name secret hidden required } }", {}),
    ("{ leaf { holes { secret hidden name null } } }", {}),
    ('query ($a: ID!) { pair(first: $a, second: "neither") }', {"a": "not one"}),
    ('query ($a: ID, $b: ID!) { pair(first: "YTox", second: $b, third: $a) }', {"a": None, "b": "YToy"}),
    ('query ($a: ID) { pair(third: $a, second: "Yjoy", first: "YTox") again: pair(first: "x", second: "y") }', {}),
    ('query ($w: String!) { told(word: $w) again: told leaf { name } }', {"w": "v"}),
    ('{ b: awaited(key: "x") a: awaited(key: "YTox") noList c: awaited(key: "y") }', {}),
    ("{ shown }", {}),
    ("{ shown(number: 1, plain: {number: 2}, marked: {}) }", {}),
    ('{ shown(plain: {number: 2, longWord: "w", colour: BLUE, size: 4, absent: 5}, marked: {number: 1}) }', {}),
    ("{ shown(plain: {number: 2, longWord: null, colour: null, absent: null}, marked: {number: null}) }", {}),
    ('{ shown(marked: {key: "YTox"}) again: shown(marked: {key: "x"}) }', {}),
    ("query ($p: Plain, $m: Marked, $n: Int) { shown(plain: $p, marked: $m, number: $n) }", {"p": {"number": 1}}),
    ("query ($p: Plain, $m: Marked) { shown(plain: $p, marked: $m) }", {"p": None, "m": {"number": None}}),
    ("query ($n: Int!) { shown(plain: {number: $n}, marked: {number: $n}) }", {"n": 7}),
    ("query ($p: Plain!) { neededPlain(plain: $p, others: [$p, {number: 1}]) }", {"p": {"number": 3, "size": 9}}),
    ("query ($w: String = null) { told(word: $w) }", {}),
    ("query ($a: Boolean = true) { day leaf { name @include(if: $a) } }", {}),
    ('mutation { a: note(word: "1") { later } b: note(word: "2", fails: true) { name } note(word: "") { name } }', {}),
    ("{ __schema { queryType { name } } day }", {}),
    ('{ a: __type(name: "Leaf") { ...T } b: __type(name: "Nothing") { ...T } } fragment T on __Type { name kind }', {}),
    ('mutation { a: note(word: "1") { name } b: must(word: "2") { name } c: note(word: "3") { depth } }', {}),
    ('mutation { a: note(word: "1") { null } b: note(word: "2") { children { required } } }', {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "variables"), OPERATIONS, ids=[text for text, _ in OPERATIONS])
async def test_it_answers_as_graphql_core_does(text: str, variables: dict[str, Any]) -> None:
    await BOTH.answer(text, variables)


async def test_it_tells_the_whole_schema_as_graphql_core_does() -> None:
    await BOTH.answer(get_introspection_query(specified_by_url=True, input_value_deprecation=True))


async def test_a_condition_that_is_null_is_left_to_graphql_core() -> None:
    text = "query ($a: Boolean = true) { leaf { name @skip(if: $a) } }"
    await BOTH.answer(text, {"a": None}, is_planned=False)


@pytest.mark.parametrize(("depth", "is_planned"), [(99, True), (100, False)])
async def test_what_is_too_deep_is_left_to_graphql_core(depth: int, *, is_planned: bool) -> None:
    text = "{ leaf { " + "children(count: 1) { " * depth + "name" + " }" * depth + " } }"
    data, errors, _ = await BOTH.answer(text, is_planned=is_planned)
    assert data.count("children") == depth
    assert errors == []


async def test_nothing_is_left_waiting_when_null_takes_the_place_of_all() -> None:
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        data, errors, _ = await BOTH.compiled("{ needed { later children { name } required } }")
        gc.collect()

    assert data == "None"
    assert [path for _, path, _ in errors] == [["needed", "required"]]
    assert [warning for warning in told if "never awaited" in str(warning.message)] == []


def test_an_operation_that_awaits_nothing_needs_no_event_loop() -> None:
    result = BOTH.start("{ leaf { name } day }", None, Traced())

    assert isinstance(result, ExecutionResult)
    assert result.data == {"leaf": {"name": "leaf"}, "day": "2026-03-02"}

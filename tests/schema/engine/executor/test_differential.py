"""Random operations over the real graph, with faults and without: both executors answer alike.

DIFFERENTIAL_OPERATIONS says how many for each seed, for more than what is run each time.
"""

import os
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from graphql import GraphQLObjectType

from schema.engine import fields
from schema.engine.node_id import encode, encode_cursor
from schema.engine.types import NODE_TYPES
from tests.schema.engine.executor.comparison import FAILED_RENDERING, GRAPHQL, NO_FAULTS, Comparison, Faults
from tests.schema.engine.executor.operations import Generator

pytestmark = pytest.mark.filterwarnings(
    # graphql-core leaves what it started when null takes the place of all of it.
    "ignore:coroutine .* was never awaited:RuntimeWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)
OPERATIONS = int(os.environ.get("DIFFERENTIAL_OPERATIONS", "125"))
SEEDS = range(10)
LEFT_OUT = ("userExport",)
"""What is never twice the same."""
MUTATIONS = (
    "addWorkLogStatus",
    "clockIn",
    "createCompany",
    "createComment",
    "createPost",
    "createProject",
    "createWorkLog",
    "deletePost",
    "grantCredits",
    "grantExperience",
    "grantRole",
    "joinProject",
    "markNotificationsRead",
    "moveProject",
    "removeDirection",
    "revokeRole",
    "saveDictionaryEntry",
    "saveEducation",
    "setEmploymentGoal",
    "setExamDate",
    "setLevel",
    "setPlatformPrices",
    "setPostgraduateGoal",
    "updateCompany",
    "updateProfile",
    "updateResume",
)
IDS = [encode(type_, number) for type_ in NODE_TYPES for number in (1, 2, 3, 5, 8, 999)]
VALUES: dict[str, Sequence[Any]] = {
    "ID": [*IDS, *IDS, *IDS, "garbage", ""],
    "ID.authorId": [encode("User", number) for number in range(1, 9)],
    "ID.postId": [encode("Post", number) for number in range(1, 19)],
    "ID.projectId": [encode("Project", number) for number in range(1, 9)],
    "ID.userId": [encode("User", number) for number in range(1, 43)],
    "ID.workLogId": [encode("WorkLog", number) for number in range(1, 9)],
    "Int": [0, 1, 1, 2, 3, 5, 1000],
    "Int.first": [0, 1, 2, 2, 3, 3, 4, 4, 5, 5, 7, 9, 101],
    "Int.last": [0, 1, 2, 3, 5, 101],
    "Int.page": [1, 1, 1, 1, 2, 2, 0],
    "String": ["", "a", "学", "一段话", "x" * 300],
    "String.after": [*(encode_cursor(number) for number in (1, 3, 7, 20, 99)), "nonsense"],
    "String.before": [encode_cursor(number) for number in (2, 4, 9, 30)],
    "Boolean": [True, False],
    "Date": ["2026-03-02", "2026-02-27", "not a date"],
    "DateTime": ["2026-03-02T00:00:00Z", "2027-03-02T00:00:00Z", "not a time"],
    "BigInt": [1, 2, 3, 2**53],
    "Decimal": ["1.5", "not a number"],
    "Float": [1.5, -2.0],
    "JSON": ["{}"],
    "Upload": [""],
}


def _faults(seed: int, number: int) -> Faults:
    return (
        NO_FAULTS,
        Faults(seed * 10_000 + number, by_key=0.15, missing=0.15, null_columns=0.04),
        Faults(seed * 10_000 + number, whole=0.15, missing=0.1, null_columns=0.02),
    )[number % 3]


def _not_rendered() -> set[str]:
    """The fields that no statement makes."""
    rendered = (fields.Column, fields.GlobalId, fields.Link, fields.Lookup, fields.PageLink)
    return {
        f"{type_.name}.{name}"
        for type_ in GRAPHQL.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for name, each in type_.fields.items()
        if not isinstance(each.extensions.get("strawberry-definition"), rendered)
    }


RIGHT_VALUES = {
    **VALUES,
    "ID": [each for each in VALUES["ID"] if each.endswith(("=", "1", "2", "Q", "g", "w", "k", "5"))],
    "Int.first": [0, 1, 2, 3, 5, 100],
    "Int.last": [0, 1, 2, 3, 5],
    "Int.page": [1, 1, 2],
    "String.after": [encode_cursor(number) for number in (1, 3, 7, 20)],
    "Date": ["2026-03-02", "2026-02-27"],
}
"""Of which few are refused."""
RENDERED_ROOTS = ("clockIns", "companies", "posts", "projects", "users", "viewer", "post", "user", "node")


async def test_what_statements_make(comparison: Comparison) -> None:
    """Operations of what the database can make, and statements of it that fail."""
    await _compare_rendered(comparison, 2)


async def test_what_statements_make_on_postgresql(comparison_on_postgresql: Comparison) -> None:
    """The same, where texts are put together."""
    await _compare_rendered(comparison_on_postgresql, 100)


async def _compare_rendered(comparison: Comparison, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    left_out = {*(GRAPHQL.query_type.fields.keys() - set(RENDERED_ROOTS)), *_not_rendered()}  # type: ignore[union-attr]
    generator = Generator(GRAPHQL, random, RIGHT_VALUES, left_out=left_out, depth=4)
    count = OPERATIONS // 3
    for number in range(count):
        caller = comparison.administrator if number % 3 else random.choice(comparison.principals)
        await comparison.compare(generator.query(), caller, FAILED_RENDERING if number % 8 == 7 else NO_FAULTS)
    assert comparison.counts["rendered"] > count / 6, comparison.counts


@pytest.mark.parametrize("seed", SEEDS)
async def test_queries(comparison: Comparison, seed: int) -> None:
    await _compare_queries(comparison, seed)


async def test_queries_with_the_executor_plugged_in(comparison: Comparison) -> None:
    """Into graphql-core's `execute`, which Strawberry gives the schema's executor to."""
    comparison.is_plugged_in = True
    await _compare_queries(comparison, len(SEEDS))


@pytest.mark.parametrize("seed", SEEDS[:3])
async def test_queries_on_postgresql(comparison_on_postgresql: Comparison, seed: int) -> None:
    """Where statements of a level run at the same time."""
    await _compare_queries(comparison_on_postgresql, 100 + seed)


async def _compare_queries(comparison: Comparison, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    generator = Generator(GRAPHQL, random, VALUES, left_out=LEFT_OUT)
    callers = [*comparison.principals, *[comparison.administrator] * len(comparison.principals)]
    for number in range(OPERATIONS):
        await comparison.compare(generator.query(), random.choice(callers), _faults(seed, number))

    counts = comparison.counts
    assert counts["with data"] > OPERATIONS / 4, counts
    assert counts["with errors"] > OPERATIONS / 4, counts
    assert counts["other errors"] < OPERATIONS / 8, counts  # chance decides how many, anew with each field of the graph
    assert counts["invalid"] < OPERATIONS / 20, counts


@pytest.mark.parametrize("seed", SEEDS[:4])
async def test_mutations(comparison: Comparison, seed: int) -> None:
    """Each executor writes to its own copy: what one did wrong, the next operations would show."""
    random = Random(seed)  # noqa: S311
    generator = Generator(GRAPHQL, random, VALUES, mutations=MUTATIONS, left_out=LEFT_OUT, depth=3)
    for _ in range(OPERATIONS // 2):
        await comparison.compare(generator.mutation(), random.choice(comparison.principals))
        await comparison.compare(generator.query(), comparison.administrator)

    counts = comparison.counts
    assert counts["with data"] > OPERATIONS / 4, counts
    assert counts["other errors"] < OPERATIONS / 10, counts

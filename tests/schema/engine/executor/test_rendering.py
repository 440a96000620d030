"""Replies that statements make: the forms of values, to the byte, and operations of which parts are made so."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import orjson
import pytest
from graphql import OperationDefinitionNode, parse, validate
from sqlalchemy import Boolean, Date, Float, Integer, String, bindparam, func, select
from sqlalchemy.exc import DBAPIError
from sqlmodel.sql.sqltypes import UTCDateTime
from starlette.requests import Request

from auth.principal import ANONYMOUS
from models.base import BIG_ID
from models.db import Database
from models.db.interface import observing
from models.json_sql import (
    BOOLEAN,
    FLOAT,
    INT,
    ISO,
    NUMBER,
    SECONDS,
    SHANGHAI,
    TEXT,
    Form,
    Members,
    Nullable,
    Required,
    Sent,
    choice,
    encoded,
)
from resolvers.scope import Scope
from rest_compat.apis import DIALECTS
from rest_compat.reply import compiled
from rest_compat.shapes import shapes_of
from schema.engine.context import Context
from schema.engine.executor import Prepared, execute, executor_class
from schema.engine.graph import Graph, prepare
from schema.engine.node_id import encode, encode_cursor
from schema.engine.shapes import At
from schema.engine.wording import Language
from tests.schema.engine.executor.comparison import (
    FAILED_RENDERING,
    GRAPHQL,
    NO_FAULTS,
    SCHEMA,
    Comparison,
    compiling,
    is_rendered,
    settled,
)
from tests.schema.engine.executor.operations import Operation

SLOTS = choice({"a": "FIRST", "b's": "SECOND"})
INSTANT = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
CHARACTERS = "".join(map(chr, [*range(1, 0x100), 0x2028, 0x2029, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFF, 0x1F600]))
VALUES: list[tuple[Form, Any, Any, Any]] = [
    (TEXT, String(), CHARACTERS, CHARACTERS),
    (TEXT, String(), '"]}, \'{"a": null}\' \\u0041 /', '"]}, \'{"a": null}\' \\u0041 /'),
    (TEXT, String(), "", ""),
    (TEXT, String(), "null", "null"),
    (TEXT, String(), "[1]", "[1]"),
    (INT, Integer(), 2**31 - 1, 2**31 - 1),
    (INT, Integer(), -5, -5),
    (NUMBER, BIG_ID, 2**53 - 1, 2**53 - 1),
    (NUMBER, BIG_ID, 0, 0),
    *((FLOAT, Float(), value, value) for value in (0.0, 390.0, -0.5, 0.1, 1 / 3, 0.0001, 123456.789, 1e15 - 0.125)),
    (BOOLEAN, Boolean(), True, True),
    (BOOLEAN, Boolean(), False, False),
    (ISO, Date(), date(2026, 3, 2), "2026-03-02"),
    (ISO, Date(), date(987, 1, 9), "0987-01-09"),
    (ISO, UTCDateTime(), INSTANT, "2026-03-02T01:02:03+00:00"),
    (ISO, UTCDateTime(), INSTANT.replace(microsecond=120_000), "2026-03-02T01:02:03.120000+00:00"),
    (ISO, UTCDateTime(), INSTANT.replace(microsecond=7), "2026-03-02T01:02:03.000007+00:00"),
    (ISO, UTCDateTime(), INSTANT.replace(year=987), "0987-03-02T01:02:03+00:00"),
    (SHANGHAI, UTCDateTime(), INSTANT.replace(hour=17, microsecond=999_999), "2026-03-03T01:02:03+08:00"),
    (SECONDS, UTCDateTime(), INSTANT.replace(microsecond=999_999), 1772413323),
    (SLOTS, String(), "a", "FIRST"),
    (SLOTS, String(), "b's", "SECOND"),
    (encoded("Post:"), BIG_ID, 2**53 - 1, encode("Post", 2**53 - 1)),
    (encoded("Liker:"), BIG_ID, 63, encode("Liker", 63)),
    (encoded("id:"), BIG_ID, 1, encode_cursor(1)),
]
WRONG: list[tuple[Form, Any, Any]] = [
    (TEXT, String(), None),
    (INT, Integer(), None),
    (INT, BIG_ID, 2**31),
    (INT, BIG_ID, -(2**31) - 1),
    (FLOAT, Float(), None),
    (FLOAT, Float(), float("inf")),
    (BOOLEAN, Boolean(), None),
    (ISO, UTCDateTime(), None),
    (SHANGHAI, UTCDateTime(), INSTANT.replace(year=1990)),
    (SECONDS, UTCDateTime(), INSTANT.replace(year=1960)),
    (SLOTS, String(), "c"),
    (encoded("Post:"), BIG_ID, None),
]


async def _made(database: Database, values: Mapping[str, tuple[Form, Any, Any]], *, required: bool = False) -> bytes:
    """The object that a statement makes of values."""
    # With a limit, PostgreSQL takes no value for a constant.
    row = select(*(bindparam(name, type_=type_).label(name) for name, (_, type_, _) in values.items())).limit(1)
    columns = row.subquery().c
    elements: list[Any] = [form.of(columns[name]) for name, (form, *_) in values.items()]
    made = [Required(e, c) if required else Nullable(e) for e, c in zip(elements, columns, strict=True)]
    statement = select(Sent(Members(list(values), made)).label("made"))
    found: bytes = await database.fetch_value(statement, {name: value for name, (*_, value) in values.items()})
    return found


async def _check_forms(database: Database) -> None:
    values = {f"v{number}": value for number, (*value, _) in enumerate(VALUES)}
    wanted = {f"v{number}": shown for number, (*_, shown) in enumerate(VALUES)}
    nothing = {name: (form, type_, None) for name, (form, type_, _) in values.items()}

    assert await _made(database, values) == orjson.dumps(wanted)  # type: ignore[arg-type]
    assert await _made(database, values, required=True) == orjson.dumps(wanted)  # type: ignore[arg-type]
    assert await _made(database, nothing) == orjson.dumps(dict.fromkeys(wanted))
    for number, wrong in enumerate(WRONG):
        with pytest.raises(DBAPIError):
            await _made(database, {f"w{number}": wrong}, required=True)


async def test_values_are_written_as_orjson_writes_them(comparison: Comparison) -> None:
    """What has no form fails, where a level tells of an error."""
    await _check_forms(comparison.compiled.database)


async def test_values_are_written_as_orjson_writes_them_on_postgresql(comparison_on_postgresql: Comparison) -> None:
    """The first and the last instant of Python are infinity there, which has no form."""
    database = comparison_on_postgresql.compiled.database
    await _check_forms(database)
    for extreme in (datetime.min, datetime.max):  # noqa: DTZ901 - they get their time zone
        for type_, value in ((Date(), extreme.date()), (UTCDateTime(), extreme.replace(tzinfo=UTC))):
            with pytest.raises(DBAPIError):
                await _made(database, {"infinite": (ISO, type_, value)})


def test_a_form_shows_the_columns_that_it_was_made_for() -> None:
    """A number is no text, and a type of our own may store anything."""
    with pytest.raises(TypeError):
        TEXT.of(bindparam("x", type_=Integer()))
    with pytest.raises(TypeError):
        ISO.of(bindparam("x", type_=String()))


POSTS = """query ($first: Int, $more: Boolean!) { posts(first: 10) { nodes {
  title createdAt author { name }
  comments(first: $first) { nodes { content author { name } ... @include(if: $more) { id databaseId } } }
} } }"""
OPERATIONS: list[tuple[str, dict[str, Any], int]] = [
    (POSTS, {"first": 5, "more": True}, 1),
    (POSTS, {"first": 0, "more": False}, 1),
    (POSTS, {"first": 5000, "more": False}, 1),
    (
        """{ posts(last: 4, orderBy: CREATED_AT_ASC) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
        edges { cursor node { __typename id t: title title anonymous updatedAt viewerIsAuthor likesCount viewerHasLiked
          comments(last: 2) { __typename totalCount
            pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }
            edges { __typename cursor node { author { id account } } } nodes { id } }
          none: comments(after: "aWQ6MQ==") { pageInfo { startCursor endCursor hasPreviousPage } edges { cursor } }
          some: comments(first: 1, before: "aWQ6NA==") { pageInfo { hasNextPage } nodes { content } }
          oldest: comments(first: 2, orderBy: CREATED_AT_ASC) { pageInfo { hasNextPage } nodes { databaseId } }
          newest: comments(last: 2, orderBy: CREATED_AT_ASC) { pageInfo { hasPreviousPage } nodes { databaseId } }
        } } } }""",
        {},
        1,
    ),
    ("{ posts { nodes { comments(first: 2, orderBy: CREATED_AT_ASC) { edges { cursor } } } } }", {}, 2),
    ('{ posts { nodes { comments(after: "nonsense") { nodes { id } } } } }', {}, 1),
    ("{ posts { nodes { author { id } comments { edges { node @skip(if: true) { id } } } } } }", {}, 3),
    ("{ clockIns(last: 3) { nodes { slot businessDate clockedInAt user { databaseId name major } } } }", {}, 1),
    (
        """{ users(first: 30) { nodes { name workLogs(first: 3) { nodes { job lines: statusLines { __typename
        stage status recordedAt } user { name } } } postgraduateGoal { targetScore user { name } } } } }""",
        {},
        3,
    ),
    (
        """{ users(first: 30) { nodes { credentials { kind identifier } developer { researchDirections { name number }
        awards { competition level { name } } mirrors { databaseId name } } } } }""",
        {},
        3,
    ),
    ("{ companies { nodes { name enabled profile { url stage } contracts { totalCount } } } }", {}, 1),
    ("{ viewer { name posts(first: 2, orderBy: CREATED_AT_ASC) { nodes { title author { name } } } } }", {}, 1),
    ("{ users(first: 40) { nodes { id workLogs(first: 3) { nodes { companyName job user { name } } } } } }", {}, 2),
    # As deep as SQLite parses; what is deeper is two parts, or three.
    (
        """{ users(first: 3) { nodes { posts(first: 2) { edges { node { comments(last: 2) { edges { node {
        author { name } } } } } } } } } }""",
        {},
        1,
    ),
    (
        """{ posts(first: 4) { nodes { comments(last: 2) { nodes { author { posts(first: 2) { nodes {
        author { posts(first: 1) { nodes { title } } } } } } } } } } }""",
        {},
        2,
    ),
    (
        """{ posts(first: 3) { nodes { comments(last: 2) { edges { node { post { comments(first: 1) { edges { node {
        post { comments(first: 1) { pageInfo { endCursor } edges { node { id } } } } } } } } } } } } } }""",
        {},
        3,
    ),
    ("{ posts(first: 3) { nodes { likers(first: 3) { totalCount nodes { post { title } user { name } } } } } }", {}, 1),
]
"""Operations, their variables, and the statements for an administrator."""


async def _check_operations(comparison: Comparison) -> None:
    found = []
    for text, variables, _ in OPERATIONS:
        assert validate(GRAPHQL, parse(text)) == []
        operation = Operation(text, variables)
        for caller in (ANONYMOUS, comparison.principals[1]):
            await comparison.compare(operation, caller, FAILED_RENDERING if caller is ANONYMOUS else NO_FAULTS)
        await comparison.compare(operation, comparison.administrator)
        statements: list[str] = []
        with observing(statements.append):
            await comparison.rendered(operation, comparison.administrator)
        found.append(len(statements))
    assert found == [count for *_, count in OPERATIONS]


SHAPED: dict[str, Sequence[dict[str, Any]]] = {
    "/api/v1/clock_in/search": [{"first": 5, "page": 1, "filter": {}}],
    "/api/v1/post/search": [
        {"first": 50, "page": 1, "filter": {}, "isSignedIn": False},
        {"first": 50, "page": 1, "filter": {}, "isSignedIn": True},
        {"first": 3, "page": 2, "filter": {}, "isSignedIn": True},
    ],
}
"""The calls whose lists are made in their shapes, by one statement, with variables."""


async def _check_shapes(comparison: Comparison) -> None:
    found = set()
    for dialect in DIALECTS:
        for endpoint in dialect.endpoints:
            if not (shapes := shapes_of(endpoint)):
                continue
            found.add(endpoint.path)
            document = prepare(GRAPHQL, endpoint.source(dialect.folder))
            (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
            executor = executor_class()
            known = Prepared(GRAPHQL, document, operation, shapes=shapes)
            executor.plans.trust(known)
            schema = compiling(SCHEMA, executor)
            replies = []
            callers = replace(comparison.principals[1], disclosures=endpoint.discloses), comparison.administrator
            for caller, variables in product(callers, SHAPED[endpoint.path]):
                for takes_shapes in (False, True):
                    context = Context(Scope(comparison.compiled, caller, now=comparison.now), page_limit=1000)
                    context.takes_shapes = takes_shapes
                    statements: list[str] = []
                    with observing(statements.append):
                        result = await settled(execute(schema, known, variables, context))
                    assert result.errors is None
                    replies.append(orjson.dumps(compiled(endpoint.reply)({**(result.data or {}), "$": variables})))
                    assert takes_shapes is is_rendered(result.data), endpoint.path
                    assert takes_shapes is (len(statements) == 1), endpoint.path
            assert replies[::2] == replies[1::2]
    assert found == SHAPED.keys()


async def test_lists_of_old_apis_are_made_in_their_shapes(comparison: Comparison) -> None:
    await _check_shapes(comparison)


async def test_lists_of_old_apis_are_made_in_their_shapes_on_postgresql(comparison_on_postgresql: Comparison) -> None:
    await _check_shapes(comparison_on_postgresql)


async def test_parts_are_made_by_one_statement(comparison: Comparison) -> None:
    """Aliases, conditions, empty pages, pages from either end, cursors, totals, hidden authors, and wrong arguments."""
    await _check_operations(comparison)


async def test_parts_are_made_by_one_statement_on_postgresql(comparison_on_postgresql: Comparison) -> None:
    """Without compiling it, which PostgreSQL would do with the large ones for longer than they run."""
    assert await comparison_on_postgresql.compiled.database.fetch_value(select(func.current_setting("jit"))) == "off"
    await _check_operations(comparison_on_postgresql)


async def test_the_text_of_a_statement_holds_no_value(comparison: Comparison) -> None:
    """Pages of other sizes, and behind other cursors, are read by the same text."""
    text = """query ($first: Int, $after: String) { posts(first: $first) { nodes {
      title comments(first: $first, after: $after) { nodes { content } } } } }"""
    statements: list[str] = []
    with observing(statements.append):
        for first, after in ((3, encode_cursor(9)), (5, encode_cursor(2))):
            await comparison.rendered(Operation(text, {"first": first, "after": after}), comparison.administrator)

    assert len(statements) == 2
    assert statements[0] == statements[1]


@pytest.mark.parametrize("is_on", [True, False])
async def test_one_setting_switches_it_off(comparison: Comparison, is_on: bool) -> None:
    graph = Graph(replace(comparison.compiled, compiles_statements=is_on), SCHEMA)
    prepared = graph.prepare("{ posts { nodes { title } } }", {"posts": {"name": At("title")}})
    request = Request({"type": "http", "headers": [], "client": None})
    context = await graph.context(request, authorization=None, language=Language.ENGLISH)
    await graph.execute(prepared, {}, context)

    assert context.renders is is_on
    assert context.takes_shapes is is_on

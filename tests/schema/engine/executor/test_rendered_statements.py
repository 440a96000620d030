"""The statements that make replies: which are remembered, for whom and in how much memory; what their text holds."""

import gc
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from starlette.requests import Request

from auth.principal import ANONYMOUS
from models.db.interface import observing
from models.memory import Shares
from resolvers.rendering import LARGEST_STATEMENT, statements
from schema.engine.graph import Graph
from schema.engine.node_id import encode, encode_cursor
from schema.engine.shapes import At
from schema.engine.wording import Language
from tests.schema.engine.executor.comparison import SCHEMA, Comparison
from tests.schema.engine.executor.operations import Operation


async def test_pages_of_each_shape_have_a_statement_of_their_own(comparison: Comparison) -> None:
    """Those of the list, and those below."""
    query = """query ($first: Int, $last: Int, $after: String, $before: String, $order: CommentOrder, $by: PostOrder,
      $filter: PostFilter) { posts(first: $first, last: $last, orderBy: $by, filter: $filter) { nodes { id
      comments(first: $first, last: $last, after: $after, before: $before, orderBy: $order) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage } } } } }"""
    after, before = encode_cursor(90), encode_cursor(4)
    given: list[dict[str, Any]] = [
        {"first": 9, "after": after},
        {"first": 9},
        {"last": 9, "after": None},
        {"last": 9, "before": before},
        {"first": 9, "after": after, "before": before, "order": None},
        {"first": 9, "order": "CREATED_AT_ASC", "by": "CREATED_AT_ASC"},
        {"last": 9, "order": "CREATED_AT_ASC", "by": "CREATED_AT_DESC"},
        {"order": "CREATED_AT_DESC", "filter": {"authorId": encode("User", 17)}},
        {"first": 9, "by": "CREATED_AT_ASC", "filter": {"authorId": encode("User", 10)}},
        {"first": 50, "after": encode_cursor(10**15)},
    ]
    for variables in (*given, *given):
        await comparison.compare(Operation(query, variables), comparison.administrator)

    assert comparison.counts == {"the same errors": 20, "with data": 20, "with errors": 0, "rendered": 20}


async def test_anonymous_clients_push_out_no_statements_of_others(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: Shares[Any, Any] = Shares(16_000_000)
    monkeypatch.setattr(statements, "_statements", kept)
    await comparison.rendered(Operation("{ posts { nodes { author { name } } } }", {}), comparison.administrator)
    await comparison.rendered(Operation("{ posts { nodes { comments { totalCount } } } }", {}), ANONYMOUS)

    assert (len(kept.signed_in), len(kept.anonymous)) == (1, 1)


@pytest.mark.parametrize(
    "selected",
    [
        "author { name }",
        f"author {{ name }} {' '.join(f't{n}: title c{n}: createdAt i{n}: id' for n in range(18))}",
        " ".join(f"c{n}: comments {{ totalCount nodes {{ author {{ name }} }} }}" for n in range(3)),
    ],
    ids=["small", "wide", "of many queries"],
)
async def test_a_statement_takes_no_more_than_is_counted(
    comparison: Comparison, monkeypatch: pytest.MonkeyPatch, selected: str
) -> None:
    taken = []
    for number in range(2):
        kept: Shares[Any, Any] = Shares(16_000_000)
        monkeypatch.setattr(statements, "_statements", kept)
        operation = Operation(f"{{ posts(first: 1) {{ nodes {{ a{number}: title {selected} }} }} }}", {})
        tracemalloc.start()
        await comparison.rendered(operation, comparison.administrator)
        gc.collect()
        with_it, counted = tracemalloc.get_traced_memory()[0], kept.size
        kept.signed_in._entries.clear()
        gc.collect()
        taken.append((with_it - tracemalloc.get_traced_memory()[0], counted))
        tracemalloc.stop()

    assert all(0 < real < counted <= LARGEST_STATEMENT for real, counted in taken[1:]), taken


async def test_the_text_of_a_statement_holds_no_value(comparison: Comparison) -> None:
    """Pages of other sizes, and behind other cursors, are read by the same text."""
    text = """query ($first: Int, $after: String) { posts(first: $first) { nodes {
      title comments(first: $first, after: $after) { nodes { content } } } } }"""
    told: list[str] = []
    with observing(told.append):
        for first, after in ((3, encode_cursor(9)), (5, encode_cursor(2))):
            await comparison.rendered(Operation(text, {"first": first, "after": after}), comparison.administrator)

    assert len(told) == 2
    assert told[0] == told[1]
    assert told[0].endswith("ORDER BY page.id DESC")  # a table has no order, whatever it is made of


@pytest.mark.parametrize("is_on", [True, False])
async def test_one_setting_switches_it_off(comparison: Comparison, is_on: bool) -> None:
    graph = Graph(replace(comparison.compiled, compiles_statements=is_on), SCHEMA)
    prepared = graph.prepare("{ posts { nodes { title } } }", {"posts": {"name": At("title")}})
    request = Request({"type": "http", "headers": [], "client": None})
    context = await graph.context(request, authorization=None, language=Language.ENGLISH)
    await graph.execute(prepared, {}, context)

    assert context.renders is is_on
    assert context.takes_shapes is is_on

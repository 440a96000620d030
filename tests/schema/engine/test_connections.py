"""Connections: walking, cursors, page sizes and totals."""

import base64
from typing import Any

import pytest
from sqlalchemy import insert

from models.community import Post
from models.db import Database
from models.identity import User
from models.statements import table_of
from schema.engine.node_id import encode, encode_cursor
from tests.schema.replies import numbers, top_level
from tests.support.clients import MORNING, Person, Product
from tests.support.statements import counted

ROWS = 250
POSTS = """
query ($first: Int!, $after: String, $page: Int) {
  posts(first: $first, after: $after, page: $page) {
    totalCount
    edges { cursor node { databaseId } }
    nodes { databaseId }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}
"""
USERS = POSTS.replace("posts(", "users(")
OWN = """
query ($first: Int!, $after: String) {
  viewer { posts(first: $first, after: $after) { nodes { databaseId } pageInfo { hasNextPage endCursor } } }
}
"""


async def add_posts(database: Database, author: Person, count: int) -> list[int]:
    """Posts straight into the table, oldest first; their ids."""
    post = {"author_id": author.id, "title": "题", "content": "文", "anonymous": False}
    times = {"created_at": MORNING, "updated_at": MORNING}
    posts = table_of(Post)
    statement = insert(posts).returning(posts.c.id, sort_by_parameter_order=True)
    async with database.transaction() as transaction:
        return [row.id for row in await transaction.fetch_many(statement, [{**post, **times}] * count)]


async def test_a_walk_shows_each_row_once_while_new_ones_arrive(product: Product, database: Database) -> None:
    student = await product.student()
    ids = await add_posts(database, student, ROWS)
    seen: list[int] = []
    after = None
    sizes: list[int] = []
    while True:
        page = (await product.data(POSTS, {"first": 100, "after": after}))["posts"]
        assert numbers(page["nodes"]) == numbers(edge["node"] for edge in page["edges"])
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["totalCount"] == ROWS + 3 * len(sizes)
        seen += numbers(page["nodes"])
        sizes.append(len(page["nodes"]))
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        await add_posts(database, student, 3)

    assert sizes == [100, 100, 50]
    assert seen == ids[::-1]


async def test_a_walk_in_the_order_added_ends_with_the_newest(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    users = table_of(User)

    async def add(count: int) -> None:
        row = {"name": "新", "created_at": MORNING, "updated_at": MORNING}
        async with database.transaction() as transaction:
            await transaction.execute_many(insert(users), [row] * count)

    await add(ROWS)
    seen: list[int] = []
    page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        variables = {"first": 70, "after": page["pageInfo"]["endCursor"]}
        page = (await product.data(USERS, variables, person=administrator))["users"]
        seen += numbers(page["nodes"])
        if len(seen) == 140:
            await add(5)

    assert len(seen) == 1 + ROWS + 5
    assert seen == sorted(set(seen))


async def test_a_walk_below_an_object_shows_each_row_once(product: Product, database: Database) -> None:
    one, other = await product.students(2)
    ids = await add_posts(database, one, ROWS)
    await add_posts(database, other, 10)
    seen: list[int] = []
    page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "endCursor": None}}
    while page["pageInfo"]["hasNextPage"]:
        variables = {"first": 100, "after": page["pageInfo"]["endCursor"]}
        page = (await product.data(OWN, variables, person=one))["viewer"]["posts"]
        seen += numbers(page["nodes"])
        await add_posts(database, one, 2)

    assert seen == ids[::-1]


async def test_numbered_pages_tile_the_list(product: Product, database: Database) -> None:
    ids = await add_posts(database, await product.student(), 25)

    pages = [(await product.data(POSTS, {"first": 10, "page": page}))["posts"] for page in (1, 2, 3, 4, 2**31 - 1)]

    assert [len(page["nodes"]) for page in pages] == [10, 10, 5, 0, 0]
    assert [number for page in pages for number in numbers(page["nodes"])] == ids[::-1]
    assert [page["pageInfo"]["hasNextPage"] for page in pages] == [True, True, False, False, False]
    assert [page["pageInfo"]["hasPreviousPage"] for page in pages] == [False, True, True, True, True]
    assert {page["totalCount"] for page in pages} == {25}
    assert (pages[3]["pageInfo"]["startCursor"], pages[3]["pageInfo"]["endCursor"]) == (None, None)


async def test_a_page_has_none_to_a_hundred_rows(product: Product, database: Database) -> None:
    student = await product.student()
    await add_posts(database, student, 101)

    for first in (0, 1, 100):
        page = (await product.data(POSTS, {"first": first}))["posts"]
        assert len(page["nodes"]) == len(page["edges"]) == first
        assert page["pageInfo"]["hasNextPage"] is True
        assert page["totalCount"] == 101
        own = (await product.data(OWN, {"first": first}, person=student))["viewer"]["posts"]
        assert len(own["nodes"]) == first
    for first in (-1, 101, 2**31 - 1, -(2**31)):
        reply = await product.graphql(POSTS, {"first": first})
        assert reply["data"] is None
        assert top_level(reply) == [("INVALID_INPUT", ["posts"])]
        own_reply = await product.graphql(OWN, {"first": first}, person=student)
        assert own_reply["data"] == {"viewer": None}
        assert top_level(own_reply) == [("INVALID_INPUT", ["viewer", "posts"])]
    for unfit in (2**31, "ten", 1.5, None):
        reply = await product.graphql(POSTS, {"first": unfit})
        assert [code for code, _ in top_level(reply)] == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_list_has_twenty_rows_unless_more_are_asked_for(product: Product, database: Database) -> None:
    await add_posts(database, await product.student(), 21)

    assert len((await product.data("{ posts { nodes { id } } }"))["posts"]["nodes"]) == 20


async def test_an_empty_list_is_a_page(product: Product) -> None:
    nothing = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}

    page = (await product.data(POSTS, {"first": 10}))["posts"]

    assert page == {"totalCount": 0, "edges": [], "nodes": [], "pageInfo": nothing}


@pytest.mark.parametrize("field", ["posts", "own"])
async def test_a_cursor_is_one_that_a_list_gave(product: Product, database: Database, field: str) -> None:
    student = await product.student()
    await add_posts(database, student, 3)
    texts = ("", "id", "id:", "id:a", "id:1.0", "id: 1", "id:1:1", "User:1", "ID:1", f"id:{2**63}", f"id:{'9' * 5000}")
    packed = [base64.urlsafe_b64encode(text.encode()).decode() for text in texts]
    path = ["posts"] if field == "posts" else ["viewer", "posts"]

    for garbage in ("", "1", "💥", "\0", "a" * 100_000, *packed):
        variables = {"first": 1, "after": garbage}
        reply = await product.graphql(POSTS if field == "posts" else OWN, variables, person=student)
        assert top_level(reply) == [("INVALID_INPUT", path)], garbage
        assert reply["errors"][0]["message"] == "This is not a valid cursor of this list."


async def test_a_cursor_beyond_the_list_is_its_end(product: Product, database: Database) -> None:
    student = await product.student()
    ids = await add_posts(database, student, 3)

    for number in (0, -1, -(2**63) + 1):
        for query, below in ((POSTS, ()), (OWN, ("viewer",))):
            data = await product.data(query, {"first": 10, "after": encode_cursor(number)}, person=student)
            for key in below:
                data = data[key]
            assert data["posts"]["nodes"] == []
            assert data["posts"]["pageInfo"]["hasNextPage"] is False
    page = (await product.data(POSTS, {"first": 10, "after": encode_cursor(2**63 - 1)}))["posts"]
    assert numbers(page["nodes"]) == ids[::-1]


async def test_a_cursor_of_a_deleted_row_still_marks_its_place(product: Product, database: Database) -> None:
    student = await product.student()
    ids = await add_posts(database, student, 3)
    page = (await product.data(POSTS, {"first": 2}))["posts"]
    async with database.transaction() as transaction:
        await transaction.execute(table_of(Post).delete().where(table_of(Post).c.id == ids[1]))

    rest = (await product.data(POSTS, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["posts"]

    assert numbers(rest["nodes"]) == [ids[0]]


async def test_pages_are_counted_from_one_and_not_from_a_cursor(product: Product) -> None:
    for wrong in ({"page": 0}, {"page": -1}, {"page": 1, "after": encode_cursor(5)}):
        reply = await product.graphql(POSTS, {"first": 10, **wrong})
        assert reply["data"] is None
        assert top_level(reply) == [("INVALID_INPUT", ["posts"])]


async def test_the_total_is_counted_when_it_is_asked_for(product: Product, database: Database) -> None:
    student = await product.student()
    await add_posts(database, student, 3)

    with counted() as without:
        await product.data("{ posts { nodes { id } edges { cursor } pageInfo { hasNextPage } } }")
    with counted() as alone:
        assert await product.data("{ posts(first: 2) { totalCount } }") == {"posts": {"totalCount": 3}}
    with counted() as seen:
        assert await product.data("{ posts { totalCount } }") == {"posts": {"totalCount": 3}}
    with counted() as own:
        await product.data("{ viewer { posts { nodes { id } } } }", person=student)
    with counted() as skipped:
        query = "query ($more: Boolean!) { posts { nodes { id } totalCount @include(if: $more) } }"
        await product.data(query, {"more": False})

    def counts(statements: list[str]) -> int:
        return sum("count(" in statement.lower() for statement in statements)

    assert [counts(statements) for statements in (without, alone, own, skipped)] == [0, 1, 0, 0]
    assert len(seen) == 1  # the page shows the end of the list


async def test_the_statement_of_a_page_tells_the_total(product: Product, database: Database) -> None:
    """Once the operation is known; what a page does not tell is counted. A filter by user asks for former ids."""
    student = await product.student()
    ids = await add_posts(database, student, 5)
    query = """query ($first: Int, $after: String, $page: Int, $filter: PostFilter) {
      posts(first: $first, after: $after, page: $page, filter: $filter) { totalCount nodes { databaseId } } }"""
    of_nobody = {"filter": {"authorId": encode("User", 1)}}
    after = {"after": encode_cursor(ids[2])}
    cases: list[tuple[dict[str, Any], int, int, int]] = [
        ({"first": 2}, 5, 2, 1),
        ({"first": 2, "filter": {"authorId": encode("User", student.id)}}, 5, 2, 2),
        ({"first": 2, **after}, 5, 2, 1),
        ({"first": 2, "page": 3}, 5, 1, 1),
        ({"first": 2, "page": 9}, 5, 0, 2),
        ({"first": 2, "after": encode_cursor(1)}, 5, 0, 2),
        ({"first": 2, **of_nobody}, 0, 0, 2),
        ({"first": 0}, 5, 0, 2),
    ]
    await product.data(query, {})
    for variables, total, shown, wanted in cases:
        with counted() as statements:
            found = (await product.data(query, variables))["posts"]
        assert (found["totalCount"], len(found["nodes"]), len(statements)) == (total, shown, wanted), variables


@pytest.mark.parametrize("declared", ["$first: Int", "$first: Int = null", "$first: Int = 20"])
async def test_a_page_size_that_is_null_or_left_out_is_the_default(
    product: Product, database: Database, declared: str
) -> None:
    student = await product.student()
    await add_posts(database, student, 25)
    query = f"""query ({declared}) {{
      posts(first: $first) {{ nodes {{ id }} }}
      viewer {{ posts(first: $first) {{ nodes {{ id }} }} }}
    }}"""

    for variables in ({}, {"first": None}):
        found = await product.data(query, variables, person=student)
        assert (len(found["posts"]["nodes"]), len(found["viewer"]["posts"]["nodes"])) == (20, 20)
    found = await product.data("{ posts(first: null) { nodes { id } } }")
    assert len(found["posts"]["nodes"]) == 20

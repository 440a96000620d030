"""The statements that an operation runs: how many depends on what it asks for, never on how many rows there are."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from models.attendance import ClockIn
from models.community import Comment, Post, PostLike
from models.db import Database, Transaction
from models.goals import EmploymentGoal, PostgraduateGoal
from models.identity import Credential, User
from models.journal import WorkLog, WorkLogStatusLine
from models.statements import table_of
from tests.support.clients import MORNING, Person, Product
from tests.support.statements import counted

FEW, MANY = 2, 60
TIMES = {"created_at": MORNING, "updated_at": MORNING}

POSTS = """
{ posts(first: 100) { nodes { title author { databaseId } comments { nodes { content author { databaseId } } }
  likesCount viewerHasLiked likers { totalCount nodes { user { databaseId } } } } } }
"""
POSTS_AND_BACK = """
{ posts(first: 100) {
  totalCount nodes { comments(first: 9) {
    totalCount nodes { author { posts(first: 9) { nodes { author { name } } } } }
  } }
} }
"""
USERS = """
{ users(first: 100) { nodes {
  account directions credentials { kind identifier }
  employmentGoal { targetCompany user { name } } postgraduateGoal { targetUniversity user { name } }
} } }
"""
CLOCK_INS = "{ clockIns(first: 100) { totalCount nodes { location user { name } } } }"
VIEWER = """
{ viewer {
  name account credentials { identifier } directions mustChangePassword
  employmentGoal { targetCompany } postgraduateGoal { targetUniversity } currentClockIn { location }
  clockIns(first: 100) { totalCount nodes { location user { name } } }
  workLogs(first: 100) { totalCount nodes { job statusLines { status } user { name } } }
  posts(first: 100) { totalCount nodes { title comments { totalCount nodes { content author { name } } } } }
} }
"""


async def add(transaction: Transaction, model: type, rows: list[dict[str, Any]]) -> list[int]:
    table = table_of(model)
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [row.id for row in await transaction.fetch_many(statement, [{**row, **TIMES} for row in rows])]


async def fill(database: Database, owner: Person, *, begin: int, end: int) -> None:
    """Posts, each by somebody else and with two comments by two others, and as much of everything else.

    The owner gets as many clock-ins, work logs with two lines, and posts of their own. What there is from
    `begin` to `end` is added.
    """
    count = end - begin
    goal = {"target_company": "字节", "target_job": "", "target_salary": "", "target_area": "", "status": "seeking"}
    place = {"target_university": "北大", "target_major": "", "target_score": 1}
    async with database.transaction() as transaction:
        users = await add(transaction, User, [{"name": f"用户{number}"} for number in range(4 * count)])
        await add(
            transaction,
            Credential,
            [{"user_id": user, "kind": "student_account", "identifier": f"{user:010}"} for user in users],
        )
        aiming = users if begin else [*users, owner.id]
        await add(transaction, EmploymentGoal, [{"user_id": user, **goal} for user in aiming])
        await add(transaction, PostgraduateGoal, [{"user_id": user, **place} for user in aiming])
        authors = [*users[:count], *[owner.id] * count]
        post = {"title": "题", "content": "文", "anonymous": False}
        posts = await add(transaction, Post, [{"author_id": author, **post} for author in authors])
        await add(
            transaction,
            Comment,
            [
                {"post_id": post_id, "author_id": users[count + (index + again * count) % (3 * count)], "content": "评"}
                for index, post_id in enumerate(posts)
                for again in (0, 1)
            ],
        )
        likes = [{"post_id": post_id, "user_id": user} for post_id in posts for user in users[:2]]
        await add(transaction, PostLike, likes)
        slot = {"slot": "morning", "clocked_in_at": MORNING, "location": "教室"}
        today = date(2026, 3, 2)
        await add(transaction, ClockIn, [{"user_id": user, "business_date": today, **slot} for user in users[:count]])
        await add(
            transaction,
            ClockIn,
            [{"user_id": owner.id, "business_date": today - timedelta(days=day), **slot} for day in range(begin, end)],
        )
        log = {"user_id": owner.id, "company_name": "腾讯", "job": "前端", "salary": "", "location": ""}
        logs = await add(transaction, WorkLog, [log] * count)
        line = {"recorded_at": MORNING, "status": "投递", "stage": None}
        await add(transaction, WorkLogStatusLine, [{"work_log_id": log_id, **line} for log_id in logs for _ in (0, 1)])


def graph(query: str) -> Callable[[Product, Person | None], Awaitable[Any]]:
    async def ask(product: Product, person: Person | None) -> Any:
        return await product.data(query, person=person)

    return ask


def recorder(path: str) -> Callable[[Product, Person | None], Awaitable[Any]]:
    async def ask(product: Product, person: Person | None) -> Any:
        reply = (await product.rest("GET", path, query={"page_size": 100}, person=person)).json()
        assert reply["code"] == 0
        return reply["data"]

    return ask


def sizes(reply: Any) -> int:
    """How many objects a reply holds."""
    if isinstance(reply, dict):
        return 1 + sum(map(sizes, reply.values()))
    return sum(map(sizes, reply)) if isinstance(reply, list) else 0


@pytest.mark.parametrize(
    ("ask", "caller", "statements"),
    [
        # The page, which makes all of the reply.
        pytest.param(graph(POSTS), "nobody", (1, 1), id="posts"),
        # The caller; the page with its total, which makes all of the reply.
        pytest.param(graph(POSTS_AND_BACK), "owner", (2, 2), id="posts and back"),
        # The caller, the page, the credentials, and the goals, each with its user.
        pytest.param(graph(USERS), "administrator", (5, 5), id="users"),
        # The caller, and the page with its total and the users.
        pytest.param(graph(CLOCK_INS), "owner", (2, 2), id="clock-ins"),
        # The caller and their row; credentials, two goals, the current clock-in; clock-ins with their users, and their
        # total; work logs, their total and lines; posts with all below them, and their total.
        pytest.param(graph(VIEWER), "owner", (13, 13), id="viewer"),
        # The page, which makes all of the reply.
        pytest.param(recorder("/api/v1/post/search"), "nobody", (1, 1), id="post/search"),
        # The caller, the page, and both goals, in whose rows the numbers of their users are. The
        # total is counted unless the page shows the end, as `directions` has a resolver, which may read any column.
        pytest.param(recorder("/api/v1/user/search"), "administrator", (4, 5), id="user/search"),
        # The caller, and the page with its total and whose the clock-ins are.
        pytest.param(recorder("/api/v1/clock_in/search"), "owner", (2, 2), id="clock_in/search"),
    ],
)
async def test_statements_do_not_grow_with_rows(
    product: Product,
    database: Database,
    ask: Callable[[Product, Person | None], Awaitable[Any]],
    caller: str,
    statements: tuple[int, int],
) -> None:
    owner = await product.student()
    person = {"nobody": None, "owner": owner, "administrator": await product.administrator()}[caller]
    await fill(database, owner, begin=0, end=FEW)
    few = await ask(product, person)
    with counted() as for_few:
        await ask(product, person)
    await fill(database, owner, begin=FEW, end=MANY)

    many = await ask(product, person)
    with counted() as for_many:
        await ask(product, person)

    assert sizes(many) > sizes(few)
    assert len(for_few) == statements[0], "\n\n".join(for_few)
    assert len(for_many) == statements[1], "\n\n".join(for_many)

"""Filters of lists by ranges, sets and parts of texts: the same rows on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

from models.attendance import ClockIn, ClockInSlot
from models.community import Post
from models.db import Database
from models.statements import table_of
from resolvers.search.indexing import index_all
from schema.engine.node_id import decode, encode
from tests.schema.replies import numbers, top_level, user_id
from tests.support.clients import MORNING, Person, Product
from tests.support.platform import new_project
from tests.support.signing import new_company

POSTS = "query ($filter: PostFilter) { posts(filter: $filter) { totalCount nodes { databaseId } } }"
CLOCK_INS = """query ($filter: ClockInFilter, $first: Int, $after: String, $order: ClockInOrder) {
  clockIns(filter: $filter, first: $first, after: $after, orderBy: $order) {
    totalCount nodes { databaseId } pageInfo { endCursor }
  }
}"""
PROJECTS = """query ($search: String, $filter: ProjectFilter) {
  projects(search: $search, filter: $filter) { totalCount nodes { databaseId } }
}"""
COMPANIES = "query ($filter: CompanyFilter) { companies(filter: $filter) { totalCount nodes { databaseId } } }"
USERS = "query ($filter: UserFilter) { users(filter: $filter) { totalCount nodes { databaseId } } }"


async def found(product: Product, query: str, person: Person | None = None, **variables: Any) -> list[int]:
    (page,) = (await product.data(query, variables, person=person)).values()
    assert page["totalCount"] == len(page["nodes"])
    return numbers(page["nodes"])


async def test_posts_and_clock_ins_by_days_and_sets(product: Product, database: Database) -> None:
    first, second = await product.students(2)
    administrator = await product.administrator()
    posts, clock_ins = table_of(Post), table_of(ClockIn)
    # The last minute of a day in Shanghai, and the first of the next.
    times = [datetime(2026, 1, day, 15, 59, tzinfo=UTC) + timedelta(minutes=n) for day in (5, 20) for n in range(2)]
    rows = [
        {
            "author_id": (first, second)[n % 2].id,
            "title": "t",
            "content": "c",
            "anonymous": n == 3,
            "created_at": at,
            "updated_at": at,
        }
        for n, at in enumerate(times)
    ]
    days = [date(2026, 1, 9), date(2026, 1, 8), date(2026, 1, 9), date(2026, 2, 1)]  # the second was corrected later
    slots = [ClockInSlot.MORNING, ClockInSlot.EVENING, ClockInSlot.AFTERNOON, ClockInSlot.MORNING]
    clocked = [
        {
            "user_id": first.id,
            "business_date": day,
            "slot": slot,
            "clocked_in_at": MORNING,
            "location": "l",
            "created_at": MORNING,
            "updated_at": MORNING,
        }
        for day, slot in zip(days, slots, strict=True)
    ]
    async with database.transaction() as transaction:
        ids = [row.id for row in await transaction.fetch_many(insert(posts).returning(posts.c.id), rows)]
        ins = [row.id for row in await transaction.fetch_many(insert(clock_ins).returning(clock_ins.c.id), clocked)]

    for wanted, places in (
        ({"createdFrom": "2026-01-06"}, [3, 2, 1]),
        ({"createdTo": "2026-01-05"}, [0]),
        ({"createdFrom": "2026-01-05", "createdTo": "2026-01-06"}, [1, 0]),
        ({"createdFrom": "2026-01-21"}, [3]),
        ({"createdFrom": "2026-01-07", "createdTo": "2026-01-19"}, []),
        ({"createdFrom": "0001-01-01", "createdTo": "9999-12-31"}, [3, 2, 1, 0]),
        ({"authorIds": [user_id(first), user_id(second)]}, [2, 1, 0]),
        ({"authorIds": [user_id(second), encode("User", 999)], "createdTo": "2026-01-31"}, [1]),
        ({"authorIds": []}, []),
    ):
        assert await found(product, POSTS, filter=wanted) == [ids[place] for place in places], wanted
    many = {"authorIds": [encode("User", number) for number in range(1, 52)]}
    assert top_level(await product.graphql(POSTS, {"filter": many})) == [("INVALID_INPUT", ["posts"])]

    for wanted, order, places in (
        ({"dateFrom": "2026-01-09"}, None, [3, 2, 0]),
        ({"dateTo": "2026-01-09"}, None, [2, 0, 1]),
        ({"dateTo": "2026-01-09"}, "CREATED_AT_DESC", [2, 1, 0]),
        ({"dateFrom": "2026-01-08", "dateTo": "2026-01-09", "slots": ["EVENING", "MORNING"]}, None, [0, 1]),
        ({"slots": ["AFTERNOON"]}, None, [2]),
        ({"slots": []}, None, []),
        ({"dateFrom": "2026-01-09", "dateTo": "2026-01-08"}, None, []),
    ):
        for person in (administrator, first):
            seen = await found(product, CLOCK_INS, person, filter=wanted, order=order)
            assert seen == [ins[place] for place in places], (wanted, order)
    asked = {"filter": {"dateTo": "2026-01-09"}, "first": 2}
    page = (await product.data(CLOCK_INS, asked, person=administrator))["clockIns"]
    rest = {**asked, "after": page["pageInfo"]["endCursor"]}
    assert numbers((await product.data(CLOCK_INS, rest, person=administrator))["clockIns"]["nodes"]) == [ins[1]]


async def test_a_part_of_a_text_is_found_in_any_case_and_width(product: Product, database: Database) -> None:
    student = await product.student()
    administrator = await product.administrator()
    company = int((await new_company(product, administrator, "École ＡＢＣ İstanbul 100%"))["databaseId"])
    await new_company(product, administrator, "ecole")
    details = {"name": "ＧＯ_服务", "introduction": "Straße 与 É", "purchaseBudget": 50}
    project = decode(await new_project(product, administrator, **details))[1]
    other = decode(await new_project(product, administrator, name="GOX服务", introduction="无", purchaseBudget=70))[1]
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM search_people"))
        await transaction.execute(text("UPDATE users SET name = 'Zoé Ａnn' WHERE id = :id"), {"id": student.id})
    assert await found(product, USERS, administrator, filter={"keyword": "ZO"}) == [student.id]  # not indexed yet
    await index_all(database)

    for part in ("ÉCOLE", "école abc", "ｉstanbul", "İST", "100%", "c i"):
        assert await found(product, COMPANIES, administrator, filter={"nameContains": part}) == [company], part
    for part, ids in (
        ("go_", [project]),
        ("Ｇｏ", [other, project]),
        ("STRASSE", [project]),
        ("é", [project]),
        ("x服", [other]),
        ("z", []),
    ):
        assert await found(product, PROJECTS, administrator, search=part) == ids, part
    for wanted, ids in (
        ({"purchaseBudgetMin": 51}, [other]),
        ({"purchaseBudgetMax": 50}, [project]),
        ({"purchaseBudgetMin": 50, "purchaseBudgetMax": 70, "levelMax": 1}, [other, project]),
        ({"levelMax": 0}, []),
        ({"statuses": ["ING", "REGISTRATION"]}, [other, project]),
        ({"statuses": ["ING", "END"]}, []),
    ):
        assert await found(product, PROJECTS, administrator, filter=wanted) == ids, wanted
    for name, part in (("keyword", "zoé"), ("nameContains", "ZOÉ ａ"), ("accountContains", student.account[3:])):
        assert await found(product, USERS, administrator, filter={name: part}) == [student.id], name
    reply = await product.rest("GET", "/api/v1/user/search", query={"keyword": "ZOÉ"}, person=administrator)
    assert f'"id":{student.id},' in reply.text
    assert '"total":1' in reply.text

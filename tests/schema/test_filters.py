"""Filters of lists by ranges, sets and parts of texts: the same rows on both databases."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text, update

from models.attendance import ClockIn, ClockInSlot
from models.community import Post
from models.db import Database
from models.journal import WorkLog, WorkLogStatusLine
from models.signing.companies import Company
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recruiters import MembershipStatus, Recruiter
from resolvers.search.indexing import index_all
from schema.engine.node_id import decode, encode
from tests.schema.replies import numbers, top_level, user_id
from tests.support.clients import MORNING, Person, Product
from tests.support.platform import new_project
from tests.support.signing import new_company
from tests.support.statements import counted

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
RECRUITERS = "query ($filter: RecruiterFilter) { recruiters(filter: $filter) { totalCount nodes { databaseId } } }"
EVENTS = "query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { totalCount nodes { action } } }"
LOGS = """query ($filter: WorkLogFilter) { users(first: 10) { nodes {
  databaseId workLogs(filter: $filter) { totalCount nodes { databaseId } } } } }"""
OF_CLASS = """query ($filter: WorkLogFilter) { schoolClass(name: "1班") {
  workLogs(filter: $filter) { totalCount nodes { databaseId } } } }"""
FEEDS = "query ($filter: FeedFilter) { viewer { feeds(filter: $filter) { totalCount nodes { databaseId } } } }"
USERS = "query ($filter: UserFilter) { users(filter: $filter) { totalCount nodes { databaseId } } }"


_LISTS = ("keywords", "areas", "welfare", "levels", "company_preferences", "domains", "company_domains")
LISTS: dict[str, Any] = {"skill_required": "", **{name: [] for name in _LISTS}}


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


async def test_events_companies_and_recruiters_by_days_and_sets(product: Product, database: Database) -> None:
    wanted: dict[str, Any]
    one, two = await product.students(2)
    administrator = await product.administrator()
    company, other = [int((await new_company(product, administrator, name))["databaseId"]) for name in "甲乙"]
    late = datetime(2026, 3, 9, 16, tzinfo=UTC)  # a day begins in Shanghai
    shared = {"phone": "1", "company_id": company, "created_at": MORNING, "updated_at": MORNING}
    async with database.transaction() as transaction:
        rows = [
            {**shared, "user_id": one.id, "membership": MembershipStatus.PENDING},
            {**shared, "user_id": two.id, "membership": MembershipStatus.REJECTED, "created_at": late},
        ]
        recruiters = table_of(Recruiter)
        ids = [row.id for row in await transaction.fetch_many(insert(recruiters).returning(recruiters.c.id), rows)]
        companies = table_of(Company)
        await transaction.execute(update(companies).where(companies.c.id == other).values(created_at=late), {})

    for wanted, places in (
        ({"memberships": ["PENDING", "APPROVED"]}, [0]),
        ({"memberships": ["REJECTED", "PENDING"], "createdFrom": "2026-03-10"}, [1]),
        ({"createdTo": "2026-03-09"}, [0]),
        ({"memberships": []}, []),
    ):
        assert await found(product, RECRUITERS, administrator, filter=wanted) == [ids[place] for place in places], (
            wanted
        )
    for wanted, kept in (
        ({"createdFrom": "2026-03-10"}, [other]),
        ({"createdTo": "2026-03-09", "enabled": True}, [company]),
        ({"createdFrom": "2026-03-10", "createdTo": "2026-03-09"}, []),
    ):
        assert await found(product, COMPANIES, administrator, filter=wanted) == kept, wanted
    for wanted, actions in (
        ({"actions": ["create_company", "grant_role"]}, ["create_company"] * 2),
        ({"actions": ["create_company"], "createdFrom": "2026-03-03"}, []),
        ({"actions": ["create_company"], "createdTo": "2026-03-02"}, ["create_company"] * 2),
        ({"actions": []}, []),
    ):
        page = (await product.data(EVENTS, {"filter": wanted}, person=administrator))["auditEvents"]
        assert [node["action"] for node in page["nodes"]] == actions, wanted
        assert page["totalCount"] == len(actions)
    many = {"actions": [f"{number}" for number in range(51)]}
    assert top_level(await product.graphql(EVENTS, {"filter": many}, person=administrator)) == [
        ("INVALID_INPUT", ["auditEvents"])
    ]


async def test_work_logs_and_feeds_by_days_and_sets(product: Product, database: Database) -> None:
    wanted: dict[str, Any]
    one, two = await product.students(2)
    administrator = await product.administrator()
    logs, lines, feeds = map(table_of, (WorkLog, WorkLogStatusLine, Feed))
    times = [MORNING, datetime(2026, 3, 9, 16, tzinfo=UTC), datetime(2026, 3, 9, 16, tzinfo=UTC)]
    shared = {"job": "j", "salary": "", "location": ""}
    async with database.transaction() as transaction:
        rows = [
            {**shared, "user_id": person.id, "company_name": name, "created_at": at, "updated_at": at}
            for person, name, at in zip((one, one, two), ("甲", "乙", "甲"), times, strict=True)
        ]
        ids = [row.id for row in await transaction.fetch_many(insert(logs).returning(logs.c.id), rows)]
        # The newest stage counts: a line without one says nothing of it.
        steps = ((0, "failed"), (0, "in_progress"), (0, None), (1, "in_progress"), (1, "succeeded"))
        when = {"recorded_at": MORNING, "created_at": MORNING, "updated_at": MORNING, "status": "s"}
        await transaction.execute_many(
            insert(lines), [{**when, "work_log_id": ids[log], "stage": stage} for log, stage in steps]
        )
        feed = {
            "user_id": one.id,
            "title": "t",
            "job_description": "d",
            "salary_min": 0,
            "salary_max": 1,
            "viewed_at": MORNING,
            "updated_at": MORNING,
        }
        kinds = [("full_time", False, times[0]), ("internship", True, times[1])]
        rows = [
            {**feed, "category": category, "accepts_partners": accepts, "created_at": at, **LISTS}
            for category, accepts, at in kinds
        ]
        made = [row.id for row in await transaction.fetch_many(insert(feeds).returning(feeds.c.id), rows)]

    for wanted, places in (
        ({}, [[1, 0], [2]]),
        ({"stages": ["IN_PROGRESS"]}, [[0], []]),
        ({"stages": ["FAILED", "SUCCEEDED"]}, [[1], []]),
        ({"stages": []}, [[], []]),
        ({"companyNames": ["甲", "丙"]}, [[0], [2]]),
        ({"companyNames": ["甲"], "createdFrom": "2026-03-10"}, [[], [2]]),
        ({"createdTo": "2026-03-09"}, [[0], []]),
    ):
        with counted() as statements:
            nodes = (await product.data(LOGS, {"filter": wanted}, person=administrator))["users"]["nodes"]
        assert len(statements) == 4  # the caller, the users, the pages and the numbers of all of them
        of = {node["databaseId"]: node["workLogs"] for node in nodes}
        for person, wanted_places in zip((one, two), places, strict=True):
            assert numbers(of[person.id]["nodes"]) == [ids[place] for place in wanted_places], wanted
            assert of[person.id]["totalCount"] == len(wanted_places)
        seen = (await product.data(OF_CLASS, {"filter": wanted}, person=administrator))["schoolClass"]["workLogs"]
        assert numbers(seen["nodes"]) == sorted((ids[place] for each in places for place in each), reverse=True), wanted
        assert seen["totalCount"] == len(seen["nodes"])
    many = {"companyNames": [f"{number}" for number in range(51)]}
    assert top_level(await product.graphql(OF_CLASS, {"filter": many}, person=administrator)) == [
        ("INVALID_INPUT", ["schoolClass", "workLogs"])
    ]

    for wanted, feeds_of in (
        ({}, [made[1], made[0]]),
        ({"categories": ["FULL_TIME", "PART_TIME"]}, [made[0]]),
        ({"acceptsPartners": True, "createdFrom": "2026-03-10"}, [made[1]]),
        ({"acceptsPartners": False, "createdFrom": "2026-03-10"}, []),
        ({"categories": []}, []),
    ):
        page = (await product.data(FEEDS, {"filter": wanted}, person=one))["viewer"]["feeds"]
        assert (numbers(page["nodes"]), page["totalCount"]) == (feeds_of, len(feeds_of)), wanted

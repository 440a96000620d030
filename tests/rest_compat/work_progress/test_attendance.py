"""Clocking in: slots, the business date, and the search."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from auth.principal import Disclosure
from rest_compat.apis import DIALECTS
from schema.engine.node_id import encode
from tests.rest_compat.work_progress.replies import assert_invalid, data, refused, reply, success
from tests.schema.replies import top_level
from tests.support.clients import Person, Product

ALREADY = refused(1, "您在当前时间段已经打过卡了哦")
NOT_YET = success(message="您还未打卡哦")
SHANGHAI = ZoneInfo("Asia/Shanghai")

SLOTS = [
    ("2026-03-02 00:00:00", "2026-03-01", "晚上"),
    ("2026-03-02 03:59:59", "2026-03-01", "晚上"),
    ("2026-03-02 04:00:00", "2026-03-02", "上午"),
    ("2026-03-02 12:59:59", "2026-03-02", "上午"),
    ("2026-03-02 13:00:00", "2026-03-02", "下午"),
    ("2026-03-02 18:59:59", "2026-03-02", "下午"),
    ("2026-03-02 19:00:00", "2026-03-02", "晚上"),
    ("2026-03-02 23:59:59", "2026-03-02", "晚上"),
    ("2026-03-03 03:59:59", "2026-03-02", "晚上"),
    ("2026-01-01 00:30:00", "2025-12-31", "晚上"),
    ("2024-03-01 03:00:00", "2024-02-29", "晚上"),
]


def at(product: Product, local: str) -> None:
    """Set the clock, in Shanghai time."""
    product.clock.now = datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)


async def clock_in(product: Product, person: Person, location: str = "教室") -> Any:
    return reply(await product.rest("POST", "/api/v1/clock_in/add", {"location": location}, person=person))


async def is_clocked_in(product: Product, person: Person) -> Any:
    return reply(await product.rest("GET", "/api/v1/clock_in/is_clock_in", person=person))


async def search(product: Product, person: Person, **query: Any) -> Any:
    return data(await product.rest("GET", "/api/v1/clock_in/search", person=person, query=query))


async def places(product: Product, person: Person, **query: Any) -> list[str]:
    return [row["clock_in_location"] for row in (await search(product, person, **query))["rows"]]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_slot_takes_one_clock_in(product: Product) -> None:
    student, other = await product.students(2)

    assert await is_clocked_in(product, student) == NOT_YET
    assert await clock_in(product, student) == success()
    assert await is_clocked_in(product, student) == ALREADY
    assert await clock_in(product, student, "图书馆") == ALREADY
    assert await is_clocked_in(product, other) == NOT_YET
    assert await clock_in(product, other) == success()
    assert (await search(product, student))["total"] == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_row_of_the_search(product: Product) -> None:
    student = await product.student()
    await clock_in(product, student, " 老图书馆 ")
    found = await search(product, student)
    row = found["rows"][0]
    assert found == {"page": 1, "page_size": 10, "rows": [row], "total": 1}
    assert row == {
        "id": row["id"],
        "created_at": "2026-03-02T10:00:00+08:00",
        "updated_at": "2026-03-02T10:00:00+08:00",
        "uid": student.id,
        "clock_in_time": int(product.clock.now.timestamp()),
        "clock_in_location": "老图书馆",
        "user": {"id": student.id, "account": student.account, "name": "学生01"},
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize(("local", "date", "slot"), SLOTS)
async def test_the_slot_and_business_date_of_an_instant(product: Product, local: str, date: str, slot: str) -> None:
    at(product, local)
    student = await product.student()
    assert await clock_in(product, student) == success()

    for tried in ("上午", "下午", "晚上"):
        expected = ["教室"] if tried == slot else []
        assert await places(product, student, date=date, time_slot=tried) == expected, tried
    assert await places(product, student, date=date, time_slot="全天") == ["教室"]
    calendar_day = local[:10]
    assert await places(product, student, date=calendar_day) == (["教室"] if calendar_day == date else [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize(
    ("last", "first"),
    [("03:59:59", "04:00:00"), ("12:59:59", "13:00:00"), ("18:59:59", "19:00:00")],
)
async def test_a_slot_ends_where_the_next_begins(product: Product, last: str, first: str) -> None:
    at(product, f"2026-03-02 {last}")
    student = await product.student()
    assert await clock_in(product, student, "before") == success()
    at(product, f"2026-03-02 {first}")
    assert await is_clocked_in(product, student) == NOT_YET
    assert await clock_in(product, student, "after") == success()
    assert await clock_in(product, student, "again") == ALREADY
    assert await places(product, student) == ["after", "before"], "newest first"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_the_evening_goes_on_after_midnight(product: Product) -> None:
    at(product, "2026-03-02 19:00:00")
    student = await product.student()
    assert await clock_in(product, student) == success()
    for later in ("2026-03-02 23:59:59", "2026-03-03 00:00:00", "2026-03-03 03:59:59"):
        at(product, later)
        assert await is_clocked_in(product, student) == ALREADY
        assert await clock_in(product, student) == ALREADY
    at(product, "2026-03-03 19:00:00")
    assert await clock_in(product, student) == success()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_filters_and_pages(product: Product) -> None:
    first, second = await product.students(2)
    for local, place in (("2026-03-02 10:00", "a"), ("2026-03-02 14:00", "b"), ("2026-03-03 10:00", "c")):
        at(product, local)
        for student in (first, second):
            await clock_in(product, student, f"{place}{student.account[-1]}")
    all_places = ["c2", "c1", "b2", "b1", "a2", "a1"]

    assert await places(product, first) == all_places, "any signed-in user may search"
    assert await places(product, first, uid=second.id) == ["c2", "b2", "a2"]
    assert await places(product, first, time_slot="上午") == ["c2", "c1", "a2", "a1"]
    assert await places(product, first, time_slot="全天", date="2026-03-02") == ["b2", "b1", "a2", "a1"]
    assert await places(product, first, time_slot="下午", date="2026-03-02", uid=first.id) == ["b1"]
    assert await places(product, first, uid=10**15) == []
    assert await places(product, first, page=2, page_size=4) == ["a2", "a1"]
    assert await places(product, first, page=3, page_size=4) == []
    assert (await search(product, first, page=3, page_size=4))["total"] == 6
    assert (await search(product, first, page_size=1000))["page_size"] == 100


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ("date", ["2024-13-45", "2023-02-29", "2024-1-1", "20240101", "2024-W01-1", "today", "2024-01-01T00:00:00"]),
        ("time_slot", ["凌晨", "morning", "0"]),
        ("uid", ["me", "1.5", 2**63, -(2**64), 10**30]),
        ("page", [0, -1, "abc"]),
        ("page_size", [0, -1, "many"]),
    ],
)
async def test_the_search_refuses_what_it_cannot_read(product: Product, parameter: str, values: list[Any]) -> None:
    student = await product.student()
    for value in values:
        response = await product.rest("GET", "/api/v1/clock_in/search", person=student, query={parameter: value})
        assert_invalid(response, parameter)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize("location", ["", "   ", "x" * 256, None, 5])
async def test_a_place_that_cannot_be(product: Product, location: Any) -> None:
    student = await product.student()
    response = await product.rest("POST", "/api/v1/clock_in/add", {"location": location}, person=student)
    assert_invalid(response, "location")
    assert await is_clocked_in(product, student) == NOT_YET
    assert await clock_in(product, student, "x" * 255) == success()


def test_no_other_endpoint_shows_more_than_its_caller_may_see_in_the_graph() -> None:
    disclosing = {
        (endpoint.path, disclosure)
        for dialect in DIALECTS
        for endpoint in dialect.endpoints
        for disclosure in endpoint.discloses
    }

    assert disclosing == {
        ("/api/v1/clock_in/search", Disclosure.EVERYBODYS_CLOCK_INS),
        ("/api/v1/clock_in/search", Disclosure.STUDENT_ACCOUNTS),
        ("/api/v1/post/search", Disclosure.STUDENT_ACCOUNTS),
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_row_says_whose_it_is_to_other_students_too(product: Product) -> None:
    first, second = await product.students(2)
    administrator = await product.administrator()
    for person in (first, second, administrator):
        assert await clock_in(product, person) == success()

    for viewer in (first, second, administrator):
        rows = (await search(product, viewer))["rows"]
        assert [row["user"] for row in rows] == [
            {"id": administrator.id, "account": "8888888888", "name": "管理员"},
            {"id": second.id, "account": second.account, "name": "学生02"},
            {"id": first.id, "account": first.account, "name": "学生01"},
        ]
    reply = await product.graphql(
        f'{{ node(id: "{encode("User", first.id)}") {{ ... on User {{ account }} }} }}', person=second
    )
    assert top_level(reply) == [("FORBIDDEN", ["node", "account"])]

"""Clock-ins in the graph."""

import asyncio
from datetime import datetime
from typing import Any

from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import Product

CLOCK_IN = """
mutation ($location: String!) {
  clockIn(input: {location: $location}) {
    clockIn { databaseId slot businessDate clockedInAt location user { databaseId name } createdAt updatedAt }
    errors { code message path }
  }
}
"""
CLOCK_INS = """
query ($filter: ClockInFilter) {
  clockIns(filter: $filter) { totalCount nodes { slot businessDate location user { databaseId } } }
}
"""
VIEWER = """
{ viewer { currentClockIn { location } clockIns { totalCount nodes { location slot businessDate } } } }
"""


async def test_a_clock_in_is_seen_under_the_viewer(product: Product) -> None:
    student = await product.student()
    nothing = {"currentClockIn": None, "clockIns": {"totalCount": 0, "nodes": []}}
    assert (await product.data(VIEWER, person=student))["viewer"] == nothing

    payload = await done(product, CLOCK_IN, {"location": " 图书馆 "}, person=student)

    now = "2026-03-02T02:00:00+00:00"
    assert isinstance(payload["clockIn"].pop("databaseId"), int)
    assert payload["clockIn"] == {
        "slot": "MORNING",
        "businessDate": "2026-03-02",
        "clockedInAt": now,
        "location": "图书馆",
        "user": {"databaseId": student.id, "name": f"学生{student.account[-2:]}"},
        "createdAt": now,
        "updatedAt": now,
    }
    assert (await product.data(VIEWER, person=student))["viewer"] == {
        "currentClockIn": {"location": "图书馆"},
        "clockIns": {
            "totalCount": 1,
            "nodes": [{"location": "图书馆", "slot": "MORNING", "businessDate": "2026-03-02"}],
        },
    }


async def test_a_slot_takes_one_clock_in_of_each(product: Product) -> None:
    one, other = await product.students(2)
    await done(product, CLOCK_IN, {"location": "教室"}, person=one)

    data = await product.data(CLOCK_IN, {"location": "宿舍"}, person=one)
    await done(product, CLOCK_IN, {"location": "操场"}, person=other)

    assert data["clockIn"] == {
        "clockIn": None,
        "errors": [
            {
                "code": "ALREADY_CLOCKED_IN",
                "message": "You have already clocked in for this slot.",
                "path": [],
            }
        ],
    }
    assert (await product.data(VIEWER, person=one))["viewer"]["clockIns"]["nodes"] == [
        {"location": "教室", "slot": "MORNING", "businessDate": "2026-03-02"}
    ]


async def test_of_twenty_at_the_same_instant_one_counts(product: Product) -> None:
    student = await product.student()

    replies = await asyncio.gather(
        *(product.data(CLOCK_IN, {"location": f"教室{number}"}, person=student) for number in range(20))
    )

    codes = [[error["code"] for error in reply["clockIn"]["errors"]] for reply in replies]
    assert sorted(codes) == [[]] + [["ALREADY_CLOCKED_IN"]] * 19
    assert (await product.data(VIEWER, person=student))["viewer"]["clockIns"]["totalCount"] == 1


SLOTS = (
    ("2026-03-02T04:00:00+08:00", "2026-03-02", "MORNING"),
    ("2026-03-02T12:59:59.999999+08:00", "2026-03-02", "MORNING"),
    ("2026-03-02T13:00:00+08:00", "2026-03-02", "AFTERNOON"),
    ("2026-03-02T18:59:59.999999+08:00", "2026-03-02", "AFTERNOON"),
    ("2026-03-02T19:00:00+08:00", "2026-03-02", "EVENING"),
    ("2026-03-02T23:59:59.999999+08:00", "2026-03-02", "EVENING"),
    ("2026-03-03T00:00:00+08:00", "2026-03-02", "EVENING"),
    ("2026-03-03T03:59:59.999999+08:00", "2026-03-02", "EVENING"),
    ("2026-03-01T03:59:59+08:00", "2026-02-28", "EVENING"),
    ("2028-03-01T03:59:59+08:00", "2028-02-29", "EVENING"),
    ("2027-01-01T01:00:00+08:00", "2026-12-31", "EVENING"),
    ("2026-03-02T20:00:00+00:00", "2026-03-03", "MORNING"),
)


async def test_the_clock_in_shanghai_says_which_slot(product: Product) -> None:
    for student, (instant, date, slot) in zip(await product.students(len(SLOTS)), SLOTS, strict=True):
        product.clock.now = datetime.fromisoformat(instant)
        again = await product.login(student.account, student.account[-6:])
        payload = await done(product, CLOCK_IN, {"location": "教室"}, person=again)

        assert (payload["clockIn"]["businessDate"], payload["clockIn"]["slot"]) == (date, slot)
        assert datetime.fromisoformat(payload["clockIn"]["clockedInAt"]) == product.clock.now


async def test_the_evening_goes_on_past_midnight(product: Product) -> None:
    product.clock.now = datetime.fromisoformat("2026-03-02T23:00:00+08:00")
    student = await product.student()
    await done(product, CLOCK_IN, {"location": "教室"}, person=student)

    product.clock.now = datetime.fromisoformat("2026-03-03T03:59:00+08:00")
    assert await refused(product, CLOCK_IN, {"location": "宿舍"}, person=student) == [("ALREADY_CLOCKED_IN", [])]
    assert (await product.data(VIEWER, person=student))["viewer"]["currentClockIn"] == {"location": "教室"}

    product.clock.now = datetime.fromisoformat("2026-03-03T04:00:00+08:00")
    assert (await product.data(VIEWER, person=student))["viewer"]["currentClockIn"] is None
    await done(product, CLOCK_IN, {"location": "操场"}, person=student)


async def test_a_place_has_a_name_that_fits(product: Product) -> None:
    student = await product.student()

    for location in ("", "   ", "a" * 256, "a\0b"):
        found = await refused(product, CLOCK_IN, {"location": location}, person=student)
        assert found == [("INVALID_INPUT", ["input", "location"])]

    assert (await product.data(VIEWER, person=student))["viewer"]["clockIns"]["totalCount"] == 0


async def test_administrators_find_clock_ins(product: Product) -> None:
    one, other = await product.students(2)
    administrator = await product.administrator()
    for instant, person, location in (
        ("2026-03-02T10:00:00+08:00", one, "一早"),
        ("2026-03-02T10:00:00+08:00", other, "二早"),
        ("2026-03-02T14:00:00+08:00", one, "一午"),
        ("2026-03-03T10:00:00+08:00", one, "一次日早"),
    ):
        product.clock.now = datetime.fromisoformat(instant)
        await done(product, CLOCK_IN, {"location": location}, person=person)

    async def found(**filter: Any) -> list[str]:
        page = (await product.data(CLOCK_INS, {"filter": filter}, person=administrator))["clockIns"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["location"] for node in page["nodes"]]

    assert await found() == ["一次日早", "一午", "二早", "一早"]
    assert await found(userId=user_id(one)) == ["一次日早", "一午", "一早"]
    assert await found(userId=user_id(other)) == ["二早"]
    assert await found(date="2026-03-02") == ["一午", "二早", "一早"]
    assert await found(slot="MORNING") == ["一次日早", "二早", "一早"]
    assert await found(userId=user_id(one), date="2026-03-02", slot="AFTERNOON") == ["一午"]
    assert await found(date="2026-03-02", slot="EVENING") == []
    page = (await product.data(CLOCK_INS, person=administrator))["clockIns"]
    assert page["nodes"][2] == {
        "slot": "MORNING",
        "businessDate": "2026-03-02",
        "location": "二早",
        "user": {"databaseId": other.id},
    }


async def test_others_find_their_own_whatever_they_ask_for(product: Product) -> None:
    one, other = await product.students(2)
    for person, location in ((one, "一早"), (other, "二早")):
        await done(product, CLOCK_IN, {"location": location}, person=person)

    async def found(**filter: Any) -> list[str]:
        page = (await product.data(CLOCK_INS, {"filter": filter}, person=other))["clockIns"]
        assert page["totalCount"] == len(page["nodes"])
        return [node["location"] for node in page["nodes"]]

    assert await found() == ["二早"]
    assert await found(userId=user_id(one)) == []
    assert await found(userId=user_id(other), date="2026-03-02", slot="MORNING") == ["二早"]


async def test_a_filter_must_make_sense(product: Product) -> None:
    student = await product.student()

    for wrong, code in (
        ({"userId": "1"}, "INVALID_INPUT"),
        ({"userId": encode("Post", 1)}, "INVALID_INPUT"),
        ({"date": "2024-13-45"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"date": "yesterday"}, "GRAPHQL_VALIDATION_FAILED"),
        ({"slot": "NIGHT"}, "GRAPHQL_VALIDATION_FAILED"),
    ):
        reply = await product.graphql(CLOCK_INS, {"filter": wrong}, person=student)
        assert reply.get("data") in (None, {"clockIns": None})
        assert [found for found, _ in top_level(reply)] == [code]


async def test_clock_ins_are_for_who_is_signed_in(product: Product) -> None:
    for query, field, data in (
        (CLOCK_INS, "clockIns", {"clockIns": None}),
        ('mutation { clockIn(input: {location: "教室"}) { errors { code } } }', "clockIn", None),
    ):
        reply = await product.graphql(query)
        assert reply["data"] == data
        assert top_level(reply) == [("UNAUTHENTICATED", [field])]

"""Corrections of clock-ins: what they change, what stays beside them, and taking them back."""

import asyncio
from typing import Any

from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.support.clients import Person, Product

CLOCK_IN = """mutation { clockIn(input: {location: "图书馆"}) { clockIn { id } errors { code } } }"""
VALUES = "slot businessDate clockedInAt location"
CORRECT = f"""mutation ($input: CorrectClockInInput!) {{ correctClockIn(input: $input) {{
  clockIn {{ {VALUES} updatedAt corrections {{ id {VALUES} reason correctedBy {{ name }} createdAt }} }}
  errors {{ code message path }} }} }}"""
TAKE_BACK = f"""mutation ($id: ID!) {{ takeBackClockInCorrection(input: {{correctionId: $id}}) {{
  clockIn {{ {VALUES} corrections {{ id }} }} errors {{ code message path }} }} }}"""
SEEN = """query ($id: ID!) { node(id: $id) { ... on ClockIn {
  slot viewerCanCorrect corrections { reason viewerCanTakeBack } } } }"""
EVENTS = """query ($subject: ID!) { auditEvents(filter: {subject: $subject}) {
  nodes { action before { name value } after { name value } details { name value } } } }"""
SEARCH = {"date": "2026-03-02", "time_slot": "下午"}
AS_IT_WAS = {
    "slot": "MORNING",
    "businessDate": "2026-03-02",
    "clockedInAt": "2026-03-02T02:00:00+00:00",
    "location": "图书馆",
}


async def correct(product: Product, person: Person, clock_in: str, **changes: Any) -> dict[str, Any]:
    values = {"clockInId": clock_in, "reason": "网络故障", **changes}
    found: dict[str, Any] = (await done(product, CORRECT, {"input": values}, person=person))["clockIn"]
    return found


async def test_a_correction_keeps_what_was_and_is_taken_back(product: Product) -> None:
    student, other = await product.students(2)
    administrator = await product.administrator()
    clock_in = (await done(product, CLOCK_IN, person=student))["clockIn"]["id"]
    product.clock.advance(hours=4)

    at = "2026-03-02T13:30:00+08:00"
    found = await correct(product, administrator, clock_in, clockedInAt=at, location="操场")

    now = "2026-03-02T06:00:00+00:00"
    (correction,) = found.pop("corrections")
    first = correction.pop("id")
    assert found == {
        "slot": "AFTERNOON",
        "businessDate": "2026-03-02",
        "clockedInAt": "2026-03-02T05:30:00+00:00",
        "location": "操场",
        "updatedAt": now,
    }
    by = (await product.data("{ viewer { name } }", person=administrator))["viewer"]
    assert correction == {**AS_IT_WAS, "reason": "网络故障", "correctedBy": by, "createdAt": now}
    # The old search answers with the corrected values, in its own form.
    reply = (await product.rest("GET", "/api/v1/clock_in/search", query=SEARCH, person=administrator)).json()
    assert [row["clock_in_location"] for row in reply["data"]["rows"]] == ["操场"]
    product.clock.advance(hours=5)
    second = (await correct(product, administrator, clock_in, slot="EVENING", reason="更正"))["corrections"][0]["id"]
    for person, may in ((student, False), (administrator, True)):
        assert (await product.data(SEEN, {"id": clock_in}, person=person))["node"] == {
            "slot": "EVENING",
            "viewerCanCorrect": may,
            "corrections": [
                {"reason": "更正", "viewerCanTakeBack": may},
                {"reason": "网络故障", "viewerCanTakeBack": False},
            ],
        }
    for id_ in (clock_in, first):
        assert await product.data("query ($id: ID!) { node(id: $id) { id } }", {"id": id_}, person=other) == {
            "node": None
        }

    assert await refused(product, TAKE_BACK, {"id": first}, person=administrator) == [("MOVE_NOT_ALLOWED", [])]
    replies = await asyncio.gather(*(product.data(TAKE_BACK, {"id": second}, person=administrator) for _ in range(2)))
    codes = sorted(tuple(e["code"] for e in reply["takeBackClockInCorrection"]["errors"]) for reply in replies)
    assert codes in ([(), ("NOT_FOUND",)], [(), ("MOVE_NOT_ALLOWED",)])
    taken = await done(product, TAKE_BACK, {"id": first}, person=administrator)
    assert taken["clockIn"] == {**AS_IT_WAS, "corrections": []}
    events = (await product.data(EVENTS, {"subject": clock_in}, person=administrator))["auditEvents"]["nodes"]
    assert [event["action"] for event in events] == ["take_back_clock_in_correction"] * 2 + ["correct_clock_in"] * 2
    assert events[-2] == {
        "action": "correct_clock_in",
        "before": [{"name": "slot", "value": "afternoon"}],
        "after": [{"name": "slot", "value": "evening"}],
        "details": [{"name": "reason", "value": "更正"}],
    }


async def test_what_cannot_be_corrected_stays(product: Product) -> None:
    student = await product.student()
    administrator = await product.administrator()
    morning = (await done(product, CLOCK_IN, person=student))["clockIn"]["id"]
    product.clock.advance(hours=4)
    afternoon = (await done(product, CLOCK_IN, person=student))["clockIn"]["id"]

    for changes, wanted in (
        ({"slot": "AFTERNOON"}, ("ALREADY_CLOCKED_IN", [])),
        ({"slot": "MORNING"}, ("INVALID_INPUT", ["input"])),
        ({}, ("INVALID_INPUT", ["input"])),
        ({"location": " "}, ("INVALID_INPUT", ["input", "location"])),
        ({"location": "操场", "reason": ""}, ("INVALID_INPUT", ["input", "reason"])),
        ({"location": "操场", "reason": "a" * 501}, ("INVALID_INPUT", ["input", "reason"])),
        ({"clockedInAt": "2026-03-02T06:00:01+00:00"}, ("INVALID_INPUT", ["input", "clockedInAt"])),
        ({"clockedInAt": "2026-03-02T06:00:00"}, ("INVALID_INPUT", ["input", "clockedInAt"])),
        ({"slot": "EVENING"}, ("INVALID_INPUT", ["input", "slot"])),  # which has not begun
        ({"businessDate": "2026-03-03"}, ("INVALID_INPUT", ["input", "businessDate"])),
        ({"businessDate": "1899-12-31"}, ("INVALID_INPUT", ["input", "businessDate"])),
    ):
        values = {"input": {"clockInId": morning, "reason": "网络故障", **changes}}
        assert await refused(product, CORRECT, values, person=administrator) == [wanted], changes
    values = {"input": {"clockInId": morning, "reason": "网络故障", "location": "操场"}}
    for person, code in ((student, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        assert top_level(await product.graphql(CORRECT, values, person=person)) == [(code, ["correctClockIn"])]
    gone = {"input": {**values["input"], "clockInId": encode("ClockIn", 999_999)}}
    assert await refused(product, CORRECT, gone, person=administrator) == [("NOT_FOUND", ["input", "clockInId"])]
    seen = (await product.data(SEEN, {"id": morning}, person=student))["node"]
    assert (seen["slot"], seen["corrections"]) == ("MORNING", [])

    product.clock.advance(hours=5)
    # A slot that was taken meanwhile keeps a correction where it is.
    corrected = await correct(product, administrator, afternoon, slot="EVENING")
    await correct(product, administrator, morning, slot="AFTERNOON")
    back = {"id": corrected["corrections"][0]["id"]}
    assert await refused(product, TAKE_BACK, back, person=administrator) == [("ALREADY_CLOCKED_IN", [])]
    for number in range(19):
        await correct(product, administrator, afternoon, location=f"{number}")
    values["input"]["clockInId"] = afternoon
    assert await refused(product, CORRECT, values, person=administrator) == [("LIMIT_REACHED", [])]

"""Work logs in the graph."""

from typing import Any

import pytest
from sqlalchemy import insert

from models.db import Database
from models.journal import WorkLogStatusLine
from models.statements import table_of
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.support.clients import MORNING, Person, Product

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

CREATE = """
mutation ($input: CreateWorkLogInput!) {
  createWorkLog(input: $input) {
    workLog { id databaseId companyName job salary location user { databaseId } createdAt updatedAt
              statusLines { status } }
    errors { code message path }
  }
}
"""
ADD = """
mutation ($input: AddWorkLogStatusInput!) {
  addWorkLogStatus(input: $input) {
    workLog { databaseId updatedAt statusLines { recordedAt status stage } }
    errors { code message path }
  }
}
"""
LOGS = "{ viewer { workLogs { totalCount nodes { companyName statusLines { status } } } } }"
LOG = {"companyName": "腾讯", "job": "前端", "salary": "20k", "location": "深圳"}


async def create(product: Product, person: Person, **changes: str) -> dict[str, Any]:
    log: dict[str, Any] = (await done(product, CREATE, {"input": {**LOG, **changes}}, person=person))["workLog"]
    return log


async def lines(product: Product, person: Person) -> list[list[str]]:
    """The lines of each of a person's logs."""
    viewer = (await product.data(LOGS, person=person))["viewer"]
    assert viewer["workLogs"]["totalCount"] == len(viewer["workLogs"]["nodes"])
    return [[line["status"] for line in log["statusLines"]] for log in viewer["workLogs"]["nodes"]]


async def test_a_work_log_begins_empty(product: Product) -> None:
    one, other = await product.students(2)

    log = await create(product, one, companyName=" 腾讯 ")

    assert isinstance(log.pop("databaseId"), int)
    assert isinstance(log.pop("id"), str)
    now = "2026-03-02T02:00:00+00:00"
    assert log == {**LOG, "user": {"databaseId": one.id}, "createdAt": now, "updatedAt": now, "statusLines": []}
    assert await lines(product, one) == [[]]
    assert await lines(product, other) == []


async def test_lines_stay_in_the_order_added(product: Product) -> None:
    student = await product.student()
    log = await create(product, student)
    product.clock.advance(hours=1)
    times = ("2026-03-02T12:00:00.123+08:00", "2020-01-01T00:00:00Z", None)

    for status, time, stage in zip(("投递", "一面", "Offer"), times, (None, "IN_PROGRESS", "SUCCEEDED"), strict=True):
        line = {"workLogId": log["id"], "status": status, "recordedAt": time, "stage": stage}
        payload = await done(product, ADD, {"input": line}, person=student)

    assert payload["workLog"] == {
        "databaseId": log["databaseId"],
        "updatedAt": "2026-03-02T03:00:00+00:00",
        "statusLines": [
            {"recordedAt": "2026-03-02T04:00:00.123000+00:00", "status": "投递", "stage": None},
            {"recordedAt": "2020-01-01T00:00:00+00:00", "status": "一面", "stage": "IN_PROGRESS"},
            {"recordedAt": "2026-03-02T03:00:00+00:00", "status": "Offer", "stage": "SUCCEEDED"},
        ],
    }


async def test_logs_come_newest_first(product: Product) -> None:
    student = await product.student()
    for company in ("一", "二", "三"):
        await create(product, student, companyName=company)

    viewer = (await product.data(LOGS, person=student))["viewer"]

    assert [log["companyName"] for log in viewer["workLogs"]["nodes"]] == ["三", "二", "一"]


async def test_only_the_owner_writes(product: Product) -> None:
    one, other = await product.students(2)
    administrator = await product.administrator()
    log = await create(product, one)

    for person in (other, administrator):
        for wanted in (log["id"], encode("WorkLog", 999_999)):
            found = await refused(product, ADD, {"input": {"workLogId": wanted, "status": "假的"}}, person=person)
            assert found == [("NOT_FOUND", ["input", "workLogId"])]

    assert await lines(product, one) == [[]]


async def test_a_log_has_at_most_two_hundred_lines(product: Product, database: Database) -> None:
    student = await product.student()
    log = await create(product, student)
    row = {"work_log_id": log["databaseId"], "recorded_at": MORNING, "status": "旧", "stage": None}
    async with database.transaction() as transaction:
        await transaction.execute_many(
            insert(table_of(WorkLogStatusLine)), [{**row, "created_at": MORNING, "updated_at": MORNING}] * 199
        )

    await done(product, ADD, {"input": {"workLogId": log["id"], "status": "最后"}}, person=student)
    found = await refused(product, ADD, {"input": {"workLogId": log["id"], "status": "太多"}}, person=student)

    assert found == [("LIMIT_REACHED", [])]
    assert await lines(product, student) == [["旧"] * 199 + ["最后"]]


async def test_a_log_holds_what_fits(product: Product) -> None:
    student = await product.student()

    for field, value in (
        ("companyName", ""),
        ("companyName", "a" * 256),
        ("job", "  "),
        ("job", "a" * 256),
        ("salary", "a" * 65),
        ("location", "a" * 256),
        ("location", "a\0b"),
    ):
        found = await refused(product, CREATE, {"input": {**LOG, field: value}}, person=student)
        assert found == [("INVALID_INPUT", ["input", field])]

    assert await lines(product, student) == []


async def test_a_line_holds_what_fits(product: Product) -> None:
    student = await product.student()
    log = await create(product, student)

    for field, value in (
        ("status", ""),
        ("status", "a" * 1001),
        ("status", "a\0b"),
        ("recordedAt", "2026-03-02T12:00:00"),
        ("workLogId", "1"),
        ("workLogId", encode("Post", 1)),
    ):
        line = {"workLogId": log["id"], "status": "一面", field: value}
        found = await refused(product, ADD, {"input": line}, person=student)
        assert found == [("INVALID_INPUT", ["input", field])]
    for instant in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):  # no other calendar could show them
        line = {"workLogId": log["id"], "status": "一面", "recordedAt": instant}
        reply = await product.graphql(ADD, {"input": line}, person=student)
        assert [error["extensions"]["code"] for error in reply["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]

    assert await lines(product, student) == [[]]


async def test_logs_are_somebodys(product: Product) -> None:
    for mutation, values in ((CREATE, LOG), (ADD, {"workLogId": encode("WorkLog", 1), "status": "一面"})):
        reply = await product.graphql(mutation, {"input": values})
        assert reply["data"] is None
        assert [code for code, _ in top_level(reply)] == ["UNAUTHENTICATED"]

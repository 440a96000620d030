"""Work logs and their status lines."""

from typing import Any

import pytest

from tests.rest_compat.work_progress.replies import assert_invalid, data, refused, reply, success
from tests.support.clients import Person, Product

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

LOG = {"company_name": "菜鸟", "job": "工程师", "salary": "20k", "location": "杭州"}
NOT_ADDED = refused(1, "添加失败")


async def add(product: Product, person: Person, **changes: Any) -> None:
    assert reply(await product.rest("POST", "/api/v1/wl/add", {**LOG, **changes}, person=person)) == success()


async def add_status(product: Product, person: Person, log: Any, time: Any, status: str, **more: Any) -> Any:
    body = {"id": log, "create_time": time, "status": status, **more}
    return reply(await product.rest("PUT", "/api/v1/wl/status/add", body, person=person))


async def logs(product: Product, person: Person, **query: Any) -> Any:
    return data(await product.rest("GET", "/api/v1/wl/list", person=person, query=query))["work_logs"]


async def test_a_work_log_and_its_lines(product: Product) -> None:
    student = await product.student()
    await add(product, student, company_name=" 菜鸟 ")
    (log,) = await logs(product, student)
    assert log == {
        **LOG,
        "id": log["id"],
        "uid": student.id,
        "created_at": "2026-03-02T10:00:00+08:00",
        "updated_at": "2026-03-02T10:00:00+08:00",
        "status_time_line": [],
    }
    product.clock.advance(hours=1)
    lines = [(228304523029, "失败"), (1, "成功"), (221845391999999, "拿到offer"), (0, "0"), (1726900265999, "尾")]
    for time, status in lines:
        assert await add_status(product, student, log["id"], time, status) == success()

    (log,) = await logs(product, student)
    assert log["status_time_line"] == [{"created_at": time, "status": status, "stage": None} for time, status in lines]
    assert log["updated_at"] == "2026-03-02T11:00:00+08:00"


async def test_numbers_may_be_sent_as_text_and_a_stage_beside_them(product: Product) -> None:
    student = await product.student()
    await add(product, student)
    (log,) = await logs(product, student)
    for stage in (1, "2", 3):
        answered = await add_status(product, student, str(log["id"]), "1726900265000", "面试", stage=stage)
        assert answered == success()

    shown = await product.data("{viewer{workLogs{nodes{statusLines{stage}}}}}", person=student)
    stages = [line["stage"] for line in shown["viewer"]["workLogs"]["nodes"][0]["statusLines"]]
    assert stages == ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    (log,) = await logs(product, student)
    assert [line["stage"] for line in log["status_time_line"]] == [1, 2, 3]


async def test_only_the_owner_writes(product: Product) -> None:
    student, other = await product.students(2)
    await add(product, student)
    (log,) = await logs(product, student)
    for stranger in (other, await product.administrator()):
        assert await add_status(product, stranger, log["id"], 1, "x") == NOT_ADDED
    for unknown in (0, -1, 2**63 - 1, 10**15):
        assert await add_status(product, student, unknown, 1, "x") == NOT_ADDED
    assert (await logs(product, student))[0] == log


async def test_the_owner_and_administrators_read(product: Product) -> None:
    student, other = await product.students(2)
    await add(product, student, company_name="first")
    await add(product, student, company_name="second")
    await add(product, other, company_name="other")
    administrator = await product.administrator()

    assert [log["company_name"] for log in await logs(product, student)] == ["second", "first"]
    assert len(await logs(product, student, uid=student.id)) == 2
    assert len(await logs(product, administrator, uid=student.id)) == 2
    assert await logs(product, administrator) == []
    answered = await product.rest("GET", "/api/v1/wl/list", person=other, query={"uid": student.id})
    assert reply(answered) == refused(1, "获取失败", "权限拒绝")


@pytest.mark.parametrize("uid", [0, -1, 10**15, 2**63 - 1])
async def test_the_logs_of_nobody(product: Product, uid: int) -> None:
    response = await product.rest("GET", "/api/v1/wl/list", person=await product.administrator(), query={"uid": uid})
    body = response.json()
    assert (response.status_code, body["code"], body["msg"]) == (200, 1, "获取失败")


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ("id", ["x", None, 1.5, 2**63, [1], True]),
        ("create_time", ["x", None, -1, 221845392000000, 2**63, 10**30, 1.5]),
        ("status", [None, "", " ", "x" * 1001, 1]),
        ("stage", [0, 4, "x"]),
    ],
)
async def test_a_status_that_cannot_be(product: Product, parameter: str, values: list[Any]) -> None:
    student = await product.student()
    await add(product, student)
    (log,) = await logs(product, student)
    for value in values:
        body = {"id": log["id"], "create_time": 1, "status": "x", parameter: value}
        assert_invalid(await product.rest("PUT", "/api/v1/wl/status/add", body, person=student), parameter)
    assert await logs(product, student) == [log]


@pytest.mark.parametrize(
    ("parameter", "values"),
    [
        ("company_name", ["", None, "x" * 256]),
        ("job", [" ", "x" * 256]),
        ("salary", ["x" * 65, 1]),
        ("location", [None]),
    ],
)
async def test_a_work_log_that_cannot_be(product: Product, parameter: str, values: list[Any]) -> None:
    student = await product.student()
    for value in values:
        assert_invalid(
            await product.rest("POST", "/api/v1/wl/add", {**LOG, parameter: value}, person=student), parameter
        )
    assert await logs(product, student) == []


async def test_a_work_log_holds_200_lines(product: Product) -> None:
    student = await product.student()
    await add(product, student)
    (log,) = await logs(product, student)
    for number in range(200):
        assert await add_status(product, student, log["id"], number, "x") == success()
    assert await add_status(product, student, log["id"], 200, "x") == NOT_ADDED
    (log,) = await logs(product, student)
    assert [line["created_at"] for line in log["status_time_line"]] == list(range(200))

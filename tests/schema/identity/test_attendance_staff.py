"""The attendance staff in the graph: who decides, once, and what follows."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select, update

from models.db import Database
from models.identity import ApplicationStatus, StaffApplication, UserRole
from models.notifications import Notification
from models.statements import table_of
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.support.clients import Person, Product
from tests.support.platform import audited

REGISTER = """mutation($input: RegisterAttendanceStaffInput!) { registerAttendanceStaff(input: $input) {
  status errors { code message path } } }"""
APPLICATIONS = """query($filter: AttendanceApplicationFilter) { attendanceApplications(filter: $filter) {
  totalCount nodes { id status reason decidedAt decidedBy { databaseId } user { username roles } } } }"""
APPROVE = """mutation($input: ApproveAttendanceStaffInput!) { approveAttendanceStaff(input: $input) {
  application { id status decidedBy { databaseId } user { roles } } errors { code message path } } }"""
REJECT = """mutation($input: RejectAttendanceStaffInput!) { rejectAttendanceStaff(input: $input) {
  application { id status reason user { roles } } errors { code message path } } }"""
NEWCOMER = {"input": {"username": "newcomer", "password": "123456", "confirmPassword": "123456"}}
SUBJECT = "AttendanceApplication"


@pytest.fixture
async def pending(product: Product, database: Database) -> str:
    """The id of an application that waits, as production makes them."""
    await done(product, REGISTER, NEWCOMER)
    applications, roles = table_of(StaffApplication), table_of(UserRole)
    async with database.transaction() as transaction:
        await transaction.execute(
            update(applications).values(status=ApplicationStatus.PENDING, decided_at=None, decider_id=None)
        )
        await transaction.execute(roles.delete().where(roles.c.role == "attendance_staff"))
    return await application_id(product, await product.administrator())


async def application_id(product: Product, administrator: Person) -> str:
    data = await product.data(APPLICATIONS, person=administrator)
    (node,) = data["attendanceApplications"]["nodes"]
    return str(node["id"])


def of(application: str, **more: Any) -> dict[str, Any]:
    return {"input": {"applicationId": application, **more}}


async def login(product: Product) -> dict[str, Any]:
    response = await product.rest("POST", "/admin/user/login/", {"username": "newcomer", "password": "123456"})
    reply: dict[str, Any] = response.json()
    return reply


async def test_development_approves_at_once(product: Product, database: Database) -> None:
    assert await done(product, REGISTER, NEWCOMER) == {"status": "APPROVED"}

    data = await product.data(APPLICATIONS, person=await product.administrator())

    (node,) = data["attendanceApplications"]["nodes"]
    assert node["user"] == {"username": "newcomer", "roles": ["ATTENDANCE_STAFF"]}
    assert node["decidedBy"] is None
    assert [event[:2] for event in await audited(database, SUBJECT)] == [("approve_attendance_staff", None)]


@pytest.mark.usefixtures("pending")
async def test_before_the_decision_nobody_signs_in(product: Product) -> None:
    assert await login(product) == {"code": 0, "msg": "账号正在等待管理员审核", "data": None}


async def test_an_administrator_approves(product: Product, pending: str, database: Database) -> None:
    administrator = await product.administrator()

    payload = await done(product, APPROVE, of(pending), person=administrator)

    application = payload["application"]
    assert application["status"] == "APPROVED"
    assert application["decidedBy"] == {"databaseId": administrator.id}
    assert application["user"] == {"roles": ["ATTENDANCE_STAFF"]}
    assert (await login(product))["code"] == 1
    assert ("approve_attendance_staff", administrator.id, {}) in await audited(database, SUBJECT)


async def test_staff_open_nothing_outside_attendance(product: Product) -> None:
    await done(product, REGISTER, NEWCOMER)
    token = (await login(product))["data"]["token"]

    reply = await product.graphql(APPLICATIONS, person=Person(0, "", token))

    assert top_level(reply) == [("FORBIDDEN", ["attendanceApplications"])]


async def test_a_rejection_tells_why(product: Product, pending: str, database: Database) -> None:
    administrator = await product.administrator()

    payload = await done(product, REJECT, of(pending, reason=" 不是本校人员 "), person=administrator)

    application = payload["application"]
    assert (application["status"], application["reason"]) == ("REJECTED", "不是本校人员")
    assert application["user"] == {"roles": []}
    assert (await login(product))["msg"] == "该账号不是考勤管理人员，注册未通过审核，或账号已停用"
    assert ("reject_attendance_staff", administrator.id, {}) in await audited(database, SUBJECT)
    sign_in = """mutation { signIn(input: {kind: USERNAME, identifier: "newcomer", password: "123456"}) {
      token errors { code message } } }"""
    (error,) = (await product.data(sign_in))["signIn"]["errors"]
    assert error["code"] == "ROLE_MISSING"
    assert error["message"].endswith("不是本校人员")
    told = select(table_of(Notification).c.kind, table_of(Notification).c.text)
    assert tuple((await database.fetch(told))[-1]) == ("staff_application_rejected", "不是本校人员")


async def test_of_forty_decisions_at_once_one_takes_effect(product: Product, pending: str, database: Database) -> None:
    administrator = await product.administrator()
    before = len(await audited(database, SUBJECT))

    payloads = await asyncio.gather(
        *(product.data(APPROVE, of(pending), person=administrator) for _ in range(20)),
        *(product.data(REJECT, of(pending, reason="no"), person=administrator) for _ in range(20)),
    )

    codes = Counter(tuple(e["code"] for e in payload["errors"]) for data in payloads for payload in data.values())
    assert codes == {(): 1, ("MOVE_NOT_ALLOWED",): 39}
    assert len(await audited(database, SUBJECT)) == before + 1


@pytest.mark.parametrize("reason", ["", "  ", "x" * 256])
async def test_a_rejection_needs_a_reason(product: Product, pending: str, reason: str) -> None:
    codes = await refused(product, REJECT, of(pending, reason=reason), person=await product.administrator())

    assert codes == [("INVALID_INPUT", ["input", "reason"])]
    assert (await login(product))["msg"] == "账号正在等待管理员审核"


async def test_what_is_not_there_is_not_found(product: Product) -> None:
    administrator = await product.administrator()

    assert await refused(product, APPROVE, of(encode(SUBJECT, 999)), person=administrator) == [
        ("NOT_FOUND", ["input", "applicationId"])
    ]
    assert await refused(product, APPROVE, of(encode("User", 1)), person=administrator) == [
        ("INVALID_INPUT", ["input", "applicationId"])
    ]


async def test_only_administrators_read_and_decide(product: Product, pending: str) -> None:
    student = await product.student()

    assert top_level(await product.graphql(APPLICATIONS, person=student)) == [("FORBIDDEN", ["attendanceApplications"])]
    assert top_level(await product.graphql(APPROVE, of(pending), person=student)) == [
        ("FORBIDDEN", ["approveAttendanceStaff"])
    ]
    assert top_level(await product.graphql(REJECT, of(pending, reason="x"))) == [
        ("UNAUTHENTICATED", ["rejectAttendanceStaff"])
    ]


@pytest.mark.usefixtures("pending")
async def test_the_queue_is_filtered(product: Product) -> None:
    administrator = await product.administrator()

    for status, count in (("PENDING", 1), ("APPROVED", 0), ("REJECTED", 0)):
        data = await product.data(APPLICATIONS, {"filter": {"status": status}}, person=administrator)
        assert data["attendanceApplications"]["totalCount"] == count

"""Who registered as attendance staff and was not let in is outside, whichever way they come."""

from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from models.db import Database
from models.identity import (
    ApplicationStatus,
    Credential,
    CredentialKind,
    Session,
    StaffApplication,
    UserRole,
)
from models.settings import Settings
from models.statements import table_of
from schema.engine.node_id import encode
from server import create_app
from tests.schema.replies import done, refused, top_level
from tests.support.clients import Clock, Person, Product, running
from tests.support.recruiters import post

REGISTER = """mutation($input: RegisterAttendanceStaffInput!) { registerAttendanceStaff(input: $input) {
  status errors { code message path retryAfter } } }"""
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
  token user { databaseId } errors { code message path } } }"""
WECHAT = """mutation($input: WechatInput!) { signInWithWechat(input: $input) {
  token errors { code message path } } }"""
LINK_WECHAT = """mutation($input: WechatInput!) { linkWechat(input: $input) { user { id } errors { code path } } }"""
REFRESH = "mutation { refresh { token errors { code path message } } }"
REVOKE = """mutation($input: RoleInput!) { revokeRole(input: $input) { user { id } errors { code path message } } }"""
GRANT = REVOKE.replace("revoke", "grant")
REJECT = """mutation($input: RejectAttendanceStaffInput!) { rejectAttendanceStaff(input: $input) {
  application { status } errors { code path message } } }"""
POST = """mutation { createPost(input: {title: "a", content: "b"}) { post { id } errors { code } } }"""
PASSWORD = "123456"
NEWCOMER = {"input": {"username": "newcomer", "password": PASSWORD, "confirmPassword": PASSWORD}}
IDENTIFIERS = {
    CredentialKind.USERNAME: "newcomer",
    CredentialKind.MOBILE: "13912340001",
    CredentialKind.EMAIL: "newcomer@school.example",
    CredentialKind.STUDENT_ACCOUNT: "2020123456",
}
"""All that the newcomer signs in with."""


def of(**values: Any) -> dict[str, Any]:
    return {"input": values}


async def sign_in(product: Product) -> Person:
    """The newcomer, signed in at the graph."""
    payload = await done(product, SIGN_IN, of(kind="USERNAME", identifier="newcomer", password=PASSWORD))
    return Person(payload["user"]["databaseId"], "newcomer", payload["token"])


@pytest.fixture
async def newcomer(product: Product, database: Database) -> Person:
    """Somebody whom development approved, who can sign in in every way, and has a session."""
    await done(product, REGISTER, NEWCOMER)
    person = await sign_in(product)
    await done(product, LINK_WECHAT, of(program="ATTENDANCE", code="dev-newcomer"), person=person)
    times = {"created_at": product.clock.now, "updated_at": product.clock.now}
    async with database.transaction() as transaction:
        for kind, identifier in IDENTIFIERS.items():
            if kind is not CredentialKind.USERNAME:
                values = {"user_id": person.id, "kind": kind, "identifier": identifier}
                await transaction.execute(insert(table_of(Credential)), {**values, **times})
    return person


async def is_dead(product: Product, person: Person) -> bool:
    """Whether the session of a token has ended."""
    reply = await product.graphql("{ viewer { name } }", person=person)
    return top_level(reply) == [("UNAUTHENTICATED", ["viewer"])]


async def make_pending(database: Database) -> None:
    """What production makes of a registration."""
    applications, roles = table_of(StaffApplication), table_of(UserRole)
    async with database.transaction() as transaction:
        await transaction.execute(update(applications).values(status=ApplicationStatus.PENDING))
        await transaction.execute(roles.delete().where(roles.c.role == "attendance_staff"))


@pytest.mark.usefixtures("newcomer")
async def test_no_door_opens_before_the_approval(product: Product, database: Database) -> None:
    await make_pending(database)
    count = select(func.count()).select_from(table_of(Session))
    before = await database.fetch_value(count)

    for kind, identifier in IDENTIFIERS.items():
        wish = of(kind=kind.name, identifier=identifier, password=PASSWORD)
        assert await refused(product, SIGN_IN, wish) == [("AWAITING_APPROVAL", [])], kind
    wechat = of(program="ATTENDANCE", code="dev-newcomer")
    assert await refused(product, WECHAT, wechat) == [("AWAITING_APPROVAL", [])]
    waits = "账号正在等待管理员审核"
    attendance = {"code": 0, "msg": waits, "data": None}
    form = {"username": "newcomer", "password": PASSWORD}
    assert (await product.rest("POST", "/admin/user/login/", form)).json() == attendance
    assert (await product.rest("POST", "/user/user/login/", {"code": "dev-newcomer"})).json() == attendance
    platform = await product.rest("POST", "/api/login", form)
    assert (platform.status_code, platform.json()) == (403, {"status_code": 403, "message": waits})
    account = {"account": IDENTIFIERS[CredentialKind.STUDENT_ACCOUNT], "password": PASSWORD}
    assert (await product.rest("POST", "/api/v1/user/login", account)).json() == {"code": 1, "msg": waits, "data": None}
    hr = await post(product, "/hr/login/", username=IDENTIFIERS[CredentialKind.EMAIL], password=PASSWORD)
    assert (hr["status"], hr["msg"], hr["auth_info"]) == ("not_approved", waits, {})
    assert await database.fetch_value(count) == before


@pytest.mark.usefixtures("newcomer")
async def test_a_wrong_password_is_told_before_anything_else(product: Product, database: Database) -> None:
    await make_pending(database)

    wrong = of(kind="USERNAME", identifier="newcomer", password="654321")

    assert await refused(product, SIGN_IN, wrong) == [("WRONG_CREDENTIALS", [])]


async def test_a_session_from_before_opens_nothing(product: Product, newcomer: Person, database: Database) -> None:
    assert (await product.data("{ viewer { name } }", person=newcomer))["viewer"] == {"name": "考勤人员"}

    await make_pending(database)

    assert await is_dead(product, newcomer)
    for mutation, field in ((POST, "createPost"), (REFRESH, "refresh")):
        reply = await product.graphql(mutation, person=newcomer)
        assert top_level(reply) == [("UNAUTHENTICATED", [field])]


async def test_a_rejection_leaves_nobody_inside(product: Product, newcomer: Person, database: Database) -> None:
    await make_pending(database)
    application = encode("AttendanceApplication", 1)
    wish = of(applicationId=application, reason="不是本校人员")
    await done(product, REJECT, wish, person=await product.administrator())

    assert await refused(product, SIGN_IN, of(kind="USERNAME", identifier="newcomer", password=PASSWORD)) == [
        ("ROLE_MISSING", [])
    ]
    platform = await product.rest("POST", "/api/login", {"username": "newcomer", "password": PASSWORD})
    assert platform.json() == {"status_code": 403, "message": "该账号的注册未通过审核，或账号已停用"}
    sessions = table_of(Session)
    ended = select(sessions.c.revoked_at).where(sessions.c.user_id == newcomer.id)
    assert all(row.revoked_at is not None for row in await database.fetch(ended))


async def test_whose_approval_is_taken_back_is_outside_again(product: Product, newcomer: Person) -> None:
    administrator = await product.administrator()
    role = of(userId=encode("User", newcomer.id), role="ATTENDANCE_STAFF")

    await done(product, REVOKE, role, person=administrator)

    assert await is_dead(product, newcomer)
    wish = of(kind="USERNAME", identifier="newcomer", password=PASSWORD)
    assert await refused(product, SIGN_IN, wish) == [("ROLE_MISSING", [])]

    await done(product, GRANT, role, person=administrator)

    assert await is_dead(product, newcomer)
    again = await sign_in(product)
    assert (await product.data("{ viewer { name } }", person=again))["viewer"] == {"name": "考勤人员"}


async def test_registrations_are_limited_by_network(settings: Settings, clock: Clock, product: Product) -> None:
    strict = settings.model_copy(update={"registrations_per_network": 2})
    async with running(create_app(strict, clock), clock, settings.database_url) as limited:
        for name in ("first", "second"):
            form = {"username": name, "password": PASSWORD, "confirm_password": PASSWORD}
            assert (await limited.rest("POST", "/admin/user/register/", form)).json()["code"] == 1

        third = await limited.rest(
            "POST", "/admin/user/register/", {"username": "third", "password": PASSWORD, "confirm_password": PASSWORD}
        )

        assert third.json() == {"code": 0, "msg": "请求过于频繁，请稍后再试", "data": None}
        assert 1 <= int(third.headers["retry-after"]) <= 3600
        assert await refused(limited, REGISTER, NEWCOMER) == [("TOO_MANY_REQUESTS", [])]
        developer = {
            "username": "third",
            "mobile": "13912340009",
            "password": PASSWORD,
            "verification_code": "000000",
        }
        reply = await limited.rest("POST", "/api/register", developer)
        assert reply.status_code == 422
        assert 1 <= int(reply.headers["retry-after"]) <= 3600
        recruiter = {"user_email": "a@b.example", "password": "abc123", "company_name": "a", "phone": "12345"}
        assert (await post(limited, "/hr/register/", **recruiter))["msg"] == "请求过于频繁，请稍后再试"
    wish = of(kind="USERNAME", identifier="third", password=PASSWORD)
    assert await refused(product, SIGN_IN, wish) == [("WRONG_CREDENTIALS", [])]

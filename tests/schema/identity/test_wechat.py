"""WeChat in the graph: who somebody is in the two programs, and attaching WeChat to an account."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from models.db import Database
from models.identity import Credential, Session, User
from models.settings import Settings
from models.statements import table_of
from tests.schema.replies import done, refused, top_level
from tests.support.clients import Person, Product
from tests.support.wechat import SECRETS, FakeWechat, running_wechat

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

SIGN_IN = """mutation($input: WechatInput!) { signInWithWechat(input: $input) {
  token expiresIn openid user { databaseId name credentials { kind identifier } } errors { code message path }
} }"""
LINK = """mutation($input: WechatInput!) { linkWechat(input: $input) {
  user { databaseId credentials { kind identifier } } errors { code message path }
} }"""
TABLES = [table_of(model) for model in (User, Credential, Session)]


@pytest.fixture
def wechat() -> Iterator[FakeWechat]:
    with running_wechat() as started:
        yield started


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Tests that ask for `wechat` have both programs configured."""
    if "wechat" not in request.fixturenames:
        return settings
    wechat: FakeWechat = request.getfixturevalue("wechat")
    return settings.model_copy(
        update={
            "wechat_base_url": wechat.url,
            "sign_cloud_wechat_app_id": "wx-sign",
            "sign_cloud_wechat_app_secret": SecretStr(SECRETS["wx-sign"]),
            "attendance_wechat_app_id": "wx-attendance",
            "attendance_wechat_app_secret": SecretStr(SECRETS["wx-attendance"]),
        }
    )


def code(text: str, program: str = "SIGN_CLOUD") -> dict[str, Any]:
    return {"input": {"program": program, "code": text}}


async def signed_in(product: Product, text: str, program: str = "SIGN_CLOUD") -> Person:
    payload = await done(product, SIGN_IN, code(text, program))
    return Person(payload["user"]["databaseId"], "", payload["token"])


async def counts(database: Database) -> list[int]:
    return [await database.fetch_value(select(func.count()).select_from(table)) for table in TABLES]


async def test_the_first_sign_in_makes_a_user(product: Product) -> None:
    payload = await done(product, SIGN_IN, code("dev-xiaoming"))

    user = payload["user"]
    assert payload["openid"] == "dev-xiaoming"
    assert payload["expiresIn"] == 24 * 3600
    assert user["name"] == "微信用户"
    assert user["credentials"] == [{"kind": "WECHAT", "identifier": "dev:dev-xiaoming"}]
    data = await product.data("{ viewer { databaseId } }", person=Person(0, "", payload["token"]))
    assert data["viewer"]["databaseId"] == user["databaseId"]


async def test_one_openid_is_one_person_in_both_programs(product: Product) -> None:
    first = await signed_in(product, "dev-a")
    again = await signed_in(product, "dev-a")
    elsewhere = await signed_in(product, "dev-a", "ATTENDANCE")
    other = await signed_in(product, "dev-b")

    assert first.id == again.id == elsewhere.id != other.id


async def test_forty_first_sign_ins_at_once_make_one_user(product: Product, database: Database) -> None:
    before = await counts(database)

    people = await asyncio.gather(*(signed_in(product, "dev-crowd") for _ in range(40)))

    assert len({person.id for person in people}) == 1
    users, credentials, sessions = (now - then for now, then in zip(await counts(database), before, strict=True))
    assert (users, credentials, sessions) == (1, 1, 40)


async def test_a_unionid_joins_the_programs(product: Product, wechat: FakeWechat) -> None:
    wechat.give("wx-sign", "s", openid="o-sign", unionid="u-1")
    wechat.give("wx-attendance", "a", openid="o-attendance", unionid="u-1")

    first = await signed_in(product, "s")
    payload = await done(product, SIGN_IN, code("a", "ATTENDANCE"))

    assert payload["user"]["databaseId"] == first.id
    assert payload["openid"] == "o-attendance"
    assert {(found["kind"], found["identifier"]) for found in payload["user"]["credentials"]} == {
        ("WECHAT", "wx-sign:o-sign"),
        ("WECHAT_UNION", "u-1"),
        ("WECHAT", "wx-attendance:o-attendance"),
    }


async def test_the_same_openid_in_two_programs_without_a_unionid_is_two_people(
    product: Product, wechat: FakeWechat
) -> None:
    wechat.give("wx-sign", "s", openid="o-1")
    wechat.give("wx-attendance", "a", openid="o-1")

    assert (await signed_in(product, "s")).id != (await signed_in(product, "a", "ATTENDANCE")).id


async def test_first_sign_ins_at_both_programs_at_once_make_one_user(
    product: Product, wechat: FakeWechat, database: Database
) -> None:
    for number in range(10):
        wechat.give("wx-sign", f"s{number}", openid="o-sign", unionid="u-2")
        wechat.give("wx-attendance", f"a{number}", openid="o-attendance", unionid="u-2")
    before = await counts(database)

    people = await asyncio.gather(
        *(signed_in(product, f"s{number}") for number in range(10)),
        *(signed_in(product, f"a{number}", "ATTENDANCE") for number in range(10)),
    )

    assert len({person.id for person in people}) == 1
    users, credentials, _ = (now - then for now, then in zip(await counts(database), before, strict=True))
    assert (users, credentials) == (1, 3)


async def test_a_unionid_that_comes_later_is_added(product: Product, wechat: FakeWechat) -> None:
    wechat.give("wx-sign", "1", openid="o-sign")
    wechat.give("wx-sign", "2", openid="o-sign", unionid="u-3")
    wechat.give("wx-attendance", "3", openid="o-attendance", unionid="u-3")

    people = [await signed_in(product, "1"), await signed_in(product, "2"), await signed_in(product, "3", "ATTENDANCE")]

    assert len({person.id for person in people}) == 1


async def test_two_people_stay_two_when_a_unionid_says_that_they_are_one(product: Product, wechat: FakeWechat) -> None:
    """Users are not merged: the openid decides."""
    wechat.give("wx-sign", "1", openid="o-sign")
    wechat.give("wx-attendance", "2", openid="o-attendance", unionid="u-4")
    wechat.give("wx-sign", "3", openid="o-sign", unionid="u-4")
    first, second = await signed_in(product, "1"), await signed_in(product, "2", "ATTENDANCE")

    third = await signed_in(product, "3")

    assert first.id == third.id != second.id


async def test_a_reused_code_signs_nobody_in(product: Product, wechat: FakeWechat, database: Database) -> None:
    wechat.give("wx-sign", "once", openid="o-1")
    await signed_in(product, "once")
    before = await counts(database)

    assert await refused(product, SIGN_IN, code("once")) == [("WRONG_CODE", ["input", "code"])]
    assert await refused(product, SIGN_IN, code("never")) == [("WRONG_CODE", ["input", "code"])]
    assert await counts(database) == before


async def test_when_wechat_is_silent_nobody_is_signed_in(
    product: Product, wechat: FakeWechat, database: Database
) -> None:
    before = await counts(database)
    wechat.raw = 503, b""

    assert await refused(product, SIGN_IN, code("any")) == [("WECHAT_UNAVAILABLE", [])]
    assert await counts(database) == before


async def test_what_wechat_refuses_is_told_as_what_it_is_and_is_no_wrong_guess(
    product: Product, wechat: FakeWechat, database: Database
) -> None:
    before = await counts(database)
    for errcode, refusal, documented in (
        (40226, ("WECHAT_BLOCKED", ["input", "code"]), (403, "微信判定该用户存在风险，已拦截登录")),
        (40029, ("WRONG_CODE", ["input", "code"]), (400, "code 无效或已被使用")),
        (45011, ("TOO_MANY_REQUESTS", []), (429, "请求过于频繁，请稍后再试")),
        (-1, ("SERVICE_BUSY", []), (429, "服务繁忙，请稍后再试")),
    ):
        wechat.raw = 200, json.dumps({"errcode": errcode, "errmsg": "in English"}).encode()
        sign_cloud = (await product.http.post("/weixin/login", data={"code": "any"})).json()
        attendance = (await product.http.post("/user/user/login/", data={"code": "any"})).json()

        assert await refused(product, SIGN_IN, code("any")) == [refusal], errcode
        assert (sign_cloud["status"], sign_cloud["msg"]) == documented
        assert (attendance["code"], attendance["msg"]) == (0, documented[1])
    assert await counts(database) == before


async def test_a_student_attaches_wechat(product: Product) -> None:
    student = await product.student()

    payload = await done(product, LINK, code("dev-student"), person=student)

    assert {"kind": "WECHAT", "identifier": "dev:dev-student"} in payload["user"]["credentials"]
    assert (await signed_in(product, "dev-student")).id == student.id
    assert await done(product, LINK, code("dev-student"), person=student) == payload


async def test_nobody_attaches_the_wechat_of_somebody_else(
    product: Product, wechat: FakeWechat, database: Database
) -> None:
    wechat.give("wx-sign", "1", openid="o-1", unionid="u-5")
    wechat.give("wx-attendance", "2", openid="o-2", unionid="u-5")
    await signed_in(product, "1")
    student = await product.student()
    before = await counts(database)

    assert await refused(product, LINK, code("2", "ATTENDANCE"), person=student) == [
        ("CREDENTIAL_TAKEN", ["input", "code"])
    ]
    assert await counts(database) == before


async def test_attaching_needs_a_caller(product: Product) -> None:
    assert top_level(await product.graphql(LINK, code("dev-a"))) == [("UNAUTHENTICATED", ["linkWechat"])]

"""The attendance back end's three endpoints: registering, signing in with a password and with WeChat."""

import asyncio
from collections import Counter
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from models.db import Database
from models.identity import Credential, Session, StaffApplication, User, UserRole
from models.settings import Environment, Settings
from models.statements import table_of
from server import create_app
from tests.support.clients import Clock, Person, Product, running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

LOGIN, REGISTER, WECHAT = "/admin/user/login/", "/admin/user/register/", "/user/user/login/"
DOCUMENTED = {"username": "123456", "password": "123456", "confirm_password": "123456"}
REGISTERED = (200, {"code": 1, "msg": "success", "data": "null"})
TABLES = [table_of(model) for model in (User, Credential, StaffApplication, UserRole, Session)]
VIEWER = "{ viewer { databaseId username roles } }"
"""What the graph says of the caller."""


def answer(response: httpx2.Response) -> tuple[int, Any]:
    return response.status_code, response.json()


def failure(message: str, status: int = 200) -> tuple[int, Any]:
    return status, {"code": 0, "msg": message, "data": None}


async def counts(database: Database) -> list[int]:
    return [await database.fetch_value(select(func.count()).select_from(table)) for table in TABLES]


async def post(product: Product, path: str, **body: Any) -> tuple[int, Any]:
    return answer(await product.rest("POST", path, body))


async def test_the_documented_registration_and_login(product: Product) -> None:
    assert await post(product, REGISTER, **DOCUMENTED) == REGISTERED

    status, reply = await post(product, LOGIN, username="123456", password="123456")

    token = reply["data"].pop("token")
    assert (status, reply) == (200, {"code": 1, "msg": "success", "data": {}})
    data = await product.data(VIEWER, person=Person(0, "", token))
    assert data["viewer"]["username"] == "123456"
    assert data["viewer"]["roles"] == ["ATTENDANCE_STAFF"]


@pytest.mark.parametrize("path", [LOGIN, REGISTER])
async def test_the_slash_at_the_end_may_be_missing_and_a_form_will_do(product: Product, path: str) -> None:
    await post(product, REGISTER, **{**DOCUMENTED, "username": "formerly"})
    body = {**DOCUMENTED, "username": "formerly" if path == LOGIN else "later"}

    response = await product.http.post(path.rstrip("/"), data=body)

    assert response.json()["code"] == 1


async def test_a_wrong_password_and_an_unknown_name_are_told_apart_by_nobody(product: Product) -> None:
    await post(product, REGISTER, **DOCUMENTED)

    wrong = failure("用户名或密码错误")

    assert await post(product, LOGIN, username="123456", password="1234567") == wrong
    assert await post(product, LOGIN, username="nobody", password="123456") == wrong
    assert await post(product, LOGIN, username="", password="") == wrong


async def test_a_taken_name_is_refused_whoever_holds_it(product: Product, database: Database) -> None:
    await post(product, REGISTER, **DOCUMENTED)
    before = await counts(database)

    assert await post(product, REGISTER, **DOCUMENTED) == failure("用户名已被使用")
    assert await counts(database) == before


async def test_of_thirty_registrations_of_one_name_one_succeeds(product: Product, database: Database) -> None:
    before = await counts(database)

    # No more than may wait to have a password hashed.
    replies = await asyncio.gather(*(post(product, REGISTER, **DOCUMENTED) for _ in range(30)))

    assert Counter(reply["msg"] for _, reply in replies) == {"success": 1, "用户名已被使用": 29}
    assert [now - then for now, then in zip(await counts(database), before, strict=True)] == [1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("changes", "parameter", "rule"),
    [
        pytest.param({"confirm_password": "1234567"}, "confirm_password", "不一致", id="unconfirmed"),
        pytest.param({"password": "12345", "confirm_password": "12345"}, "password", "至少 6 个字符", id="short"),
        pytest.param({"password": "密" * 25, "confirm_password": "密" * 25}, "password", "最多 72 字节", id="long"),
        pytest.param({"username": "ab"}, "username", "3 到 32 个", id="name short"),
        pytest.param({"username": "a" * 33}, "username", "3 到 32 个", id="name long"),
        pytest.param({"username": "a b c"}, "username", "字母", id="name with spaces"),
        pytest.param({"username": ""}, "username", "3 到 32 个", id="no name"),
        pytest.param({"username": "13912345678"}, "username", "手机号", id="name like a mobile number"),
        pytest.param({"username": "abc\0"}, "username", "字母", id="NUL"),
        pytest.param({"password": "12345\0", "confirm_password": "12345\0"}, "password", "无法保存", id="NUL password"),
    ],
)
async def test_a_registration_against_the_rules_is_told_which(
    product: Product, database: Database, changes: dict[str, str], parameter: str, rule: str
) -> None:
    before = await counts(database)

    status, reply = await post(product, REGISTER, **{**DOCUMENTED, **changes})

    assert (status, reply["code"], reply["data"]) == (200, 0, None)
    assert reply["msg"].startswith(f"{parameter}: ")
    assert rule in reply["msg"]
    assert await counts(database) == before


@pytest.mark.parametrize("path", [LOGIN, REGISTER, WECHAT])
@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"null", b"1", b"", b'{"username": 1, "code": 1}', b'{"username": null}', b"\xff"]
)
async def test_a_body_that_does_not_bind_is_400(
    product: Product, database: Database, path: str, content: bytes
) -> None:
    before = await counts(database)

    response = await product.http.post(path, content=content, headers={"content-type": "application/json"})

    reply = response.json()
    assert response.status_code == 400
    assert reply == {"code": 0, "msg": reply["msg"], "data": None}
    assert reply["msg"]
    assert await counts(database) == before


@pytest.mark.parametrize(("path", "missing"), [(LOGIN, "password"), (REGISTER, "confirm_password"), (WECHAT, "code")])
async def test_a_missing_parameter_is_named(product: Product, path: str, missing: str) -> None:
    body = {name: value for name, value in {**DOCUMENTED, "code": "dev-a"}.items() if name != missing}

    assert await post(product, path, **body) == failure(f"{missing} 不能为空", 400)


async def test_wechat_users_sign_in_with_id_openid_and_token(product: Product) -> None:
    status, reply = await post(product, WECHAT, code="dev-xiaoming")

    data = reply["data"]
    assert (status, reply["code"], reply["msg"], data["openid"]) == (200, 1, "success", "dev-xiaoming")
    viewer = (await product.data(VIEWER, person=Person(0, "", data["token"])))["viewer"]
    assert viewer == {"databaseId": data["id"], "username": None, "roles": []}
    again = (await post(product, WECHAT, code="dev-xiaoming"))[1]["data"]
    assert again["id"] == data["id"]


async def test_a_code_that_wechat_does_not_know_is_a_failure(product: Product, database: Database) -> None:
    before = await counts(database)

    assert await post(product, WECHAT, code="123456") == failure("code 无效或已被使用")
    assert await counts(database) == before


async def test_who_registered_elsewhere_does_not_belong_to_the_staff(product: Product) -> None:
    token = (await post(product, WECHAT, code="dev-a"))[1]["data"]["token"]
    link = """mutation { linkCredential(input: {kind: USERNAME, address: "zhangsan", password: "123456"}) {
      errors { code } } }"""
    assert (await product.data(link, person=Person(0, "", token)))["linkCredential"]["errors"] == []

    assert await post(product, LOGIN, username="zhangsan", password="123456") == failure(
        "该账号不是考勤管理人员，注册未通过审核，或账号已停用"
    )


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/admin/user/nothing/", failure("接口不存在", 404)),
        ("GET", "/user", failure("接口不存在", 404)),
        ("GET", LOGIN, failure("请求方法不允许", 405)),
    ],
)
async def test_what_there_is_not_is_told_in_its_envelope(
    product: Product, method: str, path: str, expected: tuple[int, Any]
) -> None:
    assert answer(await product.rest(method, path)) == expected


async def test_each_api_has_its_own_sessions(product: Product) -> None:
    token = (await post(product, WECHAT, code="dev-a"))[1]["data"]["token"]

    recorder = await product.rest("GET", "/api/v1/user/info", person=Person(0, "", token))

    assert answer(recorder) == (401, {"code": 13, "msg": "非法token", "data": None})


async def test_production_waits_for_an_administrator(settings: Settings, clock: Clock, database: Database) -> None:
    production = settings.model_copy(
        update={"environment": Environment.PRODUCTION, "secret_key": SecretStr("0123456789abcdef" * 4)}
    )
    async with running(create_app(production, clock), clock, settings.database_url) as product:
        assert await post(product, REGISTER, **DOCUMENTED) == REGISTERED
        before = await counts(database)

        waiting = await post(product, LOGIN, username="123456", password="123456")
        wrong = await post(product, LOGIN, username="123456", password="wrong-one")
        wechat = await post(product, WECHAT, code="dev-a")

        assert waiting == failure("账号正在等待管理员审核")
        assert wrong == failure("用户名或密码错误")
        assert wechat == failure("该小程序未配置微信登录")
        assert await counts(database) == before

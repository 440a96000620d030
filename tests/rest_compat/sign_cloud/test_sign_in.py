"""`/weixin/login`, the token, the headers that describe the client, and what there is not."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import func, select

from models.db import Database
from models.identity import ClientRequest, Credential, Session, User
from models.settings import Settings
from models.statements import table_of
from server import create_app
from tests.support.clients import Clock, Person, Product, running

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

LOGIN = "/weixin/login"
TABLES = [table_of(model) for model in (User, Credential, Session, ClientRequest)]
REQUESTS = """{ viewer { clientRequests { nodes {
  operation client platformCode uniqueKey city longitude latitude
} } } }"""
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
YAML = {"Content-Type": "application/yaml"}
UNAUTHENTICATED = (401, {"status": 401, "msg": "请先登录", "data": None})


async def counts(database: Database) -> list[int]:
    return [await database.fetch_value(select(func.count()).select_from(table)) for table in TABLES]


async def login(product: Product, headers: dict[str, str] | None = None, code: str = "dev-xiaoming") -> dict[str, Any]:
    response = await product.http.post(LOGIN, data={"code": code}, headers=headers)
    assert response.status_code == 200
    reply: dict[str, Any] = response.json()
    return reply


async def described(product: Product, headers: dict[str, str]) -> dict[str, Any]:
    """What is kept of the headers of a sign-in."""
    token = (await login(product, headers))["data"]["session_token"]
    data = await product.data(REQUESTS, person=Person(0, "", token))
    (node,) = data["viewer"]["clientRequests"]["nodes"]
    return dict(node)


async def test_signing_in_as_documented(product: Product) -> None:
    reply = await login(product)

    token = reply["data"].pop("session_token")
    assert reply == {"status": 0, "msg": "", "data": {"em_id": 0}}
    viewer = await product.data("{ viewer { name } }", person=Person(0, "", token))
    assert viewer == {"viewer": {"name": "微信用户"}}


@pytest.mark.parametrize(
    "body",
    [
        "form",
        "multipart",
        "json",
        "json with a byte order mark",
        "form with a byte order mark",
        "yaml with a byte order mark",
    ],
)
async def test_bodies_come_in_three_kinds(product: Product, body: str) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "form": {"data": {"code": "dev-a"}},
        "multipart": {"files": {"code": (None, "dev-a")}},
        "json": {"json": {"code": "dev-a"}},
        "json with a byte order mark": {"content": b'\xef\xbb\xbf{"code": "dev-a"}'},
        "form with a byte order mark": {"content": b"\xef\xbb\xbfcode=dev-a", "headers": FORM},
        "yaml with a byte order mark": {"content": b"\xef\xbb\xbfcode: dev-a", "headers": YAML},
    }

    response = await product.http.post(LOGIN, **kinds[body])

    assert response.json()["status"] == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "code 不能为空"),
        ({"code": "123456"}, "code 无效或已被使用"),
        ({"code": ""}, "code: 授权码的长度必须为 1 到 256 个字符"),
        ({"code": "x" * 257}, "code: 授权码的长度必须为 1 到 256 个字符"),
        ({"code[0]": "dev-a"}, "code 必须是字符串"),
        ({"code": "dev-a", "code[x]": "dev-b"}, "code 的字段互相矛盾"),
    ],
)
async def test_what_is_wrong_is_told_and_nothing_is_written(
    product: Product, database: Database, body: dict[str, str], message: str
) -> None:
    before = await counts(database)

    response = await product.http.post(LOGIN, data=body)

    assert (response.status_code, response.json()) == (200, {"status": 400, "msg": message, "data": None})
    assert await counts(database) == before


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b'{"code": 1}', b'{"code": "\xff"}'])
async def test_json_that_does_not_bind(product: Product, content: bytes) -> None:
    response = await product.http.post(LOGIN, content=content, headers={"content-type": "application/json"})

    reply = response.json()
    assert response.status_code == 200
    assert reply == {"status": 400, "msg": reply["msg"], "data": None}
    assert reply["msg"]


async def test_the_headers_are_kept_with_what_they_came_with(product: Product) -> None:
    node = await described(
        product,
        {
            "X-platform-code": "miniprogram",
            "X-location": "116.397128-39.916527",
            "X-unique-key": "k-1",
            "X-city": quote("重庆"),
        },
    )

    assert node == {
        "operation": "signInWithWechat",
        "client": "127.0.0.1",
        "platformCode": "miniprogram",
        "uniqueKey": "k-1",
        "city": "重庆",
        "longitude": 116.397128,
        "latitude": 39.916527,
    }


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("116.4-39.9", (116.4, 39.9)),
        ("116.4,39.9", (116.4, 39.9)),
        ("-73.98--40.7", (-73.98, -40.7)),
        ("0-0", (0.0, 0.0)),
        ("180-90", (180.0, 90.0)),
        ("180.1-90", (None, None)),
        ("0-90.1", (None, None)),
        ("undefined-undefined", (None, None)),
        ("116.4", (None, None)),
        ("1e1-1", (None, None)),
        ("nan-nan", (None, None)),
        ("9" * 5000, (None, None)),
        ("", (None, None)),
    ],
)
async def test_a_location_that_makes_no_sense_is_left_out(
    product: Product, location: str, expected: tuple[float | None, float | None]
) -> None:
    node = await described(product, {"X-location": location})

    assert (node["longitude"], node["latitude"]) == expected


@pytest.mark.parametrize(
    ("city", "expected"),
    [
        (b"Chongqing", "Chongqing"),
        ("重庆".encode(), "重庆"),
        (quote("重庆").encode(), "重庆"),
        ("市".encode() * 64, "市" * 64),
        ("市".encode() * 65, ""),
        ("重庆".encode("gbk"), ""),
        (b"%ff", ""),
        (b"a%00b", ""),
        (b"a%0Ab", ""),
    ],
)
async def test_a_city_that_cannot_be_kept_is_left_out(product: Product, city: bytes, expected: str) -> None:
    response = await product.http.post(LOGIN, data={"code": "dev-a"}, headers={b"X-city": city})

    token = response.json()["data"]["session_token"]
    data = await product.data(REQUESTS, person=Person(0, "", token))
    assert [node["city"] for node in data["viewer"]["clientRequests"]["nodes"]] == [expected]


async def test_nobody_else_reads_what_somebodys_client_said(product: Product) -> None:
    await login(product, {"X-city": "Chongqing"})
    student = await product.student()

    data = await product.data(REQUESTS, person=student)

    assert data["viewer"]["clientRequests"]["nodes"] == []


class TestConfiguredPlatformCodes:
    """With SIGN_CLOUD_PLATFORM_CODES, only requests that carry one of them are answered."""

    @pytest.fixture
    async def strict(self, settings: Settings, clock: Clock) -> AsyncIterator[Product]:
        configured = settings.model_copy(update={"sign_cloud_platform_codes": "alpha, beta"})
        async with running(create_app(configured, clock), clock, settings.database_url) as started:
            yield started

    @pytest.mark.parametrize("code", ["alpha", "beta"])
    async def test_a_configured_code_is_welcome(self, strict: Product, code: str) -> None:
        assert (await login(strict, {"X-platform-code": code}))["status"] == 0

    @pytest.mark.parametrize("headers", [{}, {"X-platform-code": "gamma"}, {"X-platform-code": ""}])
    async def test_another_is_refused(self, strict: Product, database: Database, headers: dict[str, str]) -> None:
        before = await counts(database)

        assert await login(strict, headers) == {"status": 403, "msg": "X-platform-code 无效", "data": None}
        assert await counts(database) == before

    async def test_the_other_apis_ask_for_none(self, strict: Product) -> None:
        assert (await strict.rest("GET", "/api/v1/ver")).json()["code"] == 0


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-auth-token": "nonsense"},
        {"X-auth-token": "two words"},
        {"Authorization": "Bearer nonsense"},
        {"X-auth-token": ""},
    ],
)
async def test_without_a_live_token_401(product: Product, headers: dict[str, str]) -> None:
    response = await product.http.get("/em_status", headers=headers)

    assert (response.status_code, response.json()) == UNAUTHENTICATED


async def test_a_token_of_another_api_opens_nothing(product: Product) -> None:
    student = await product.student()

    response = await product.http.get("/em_status", headers={"X-auth-token": student.token})

    assert (response.status_code, response.json()) == UNAUTHENTICATED


async def test_a_token_dies_after_a_week(product: Product) -> None:
    token = (await login(product))["data"]["session_token"]
    headers = {"X-auth-token": token}

    product.clock.advance(days=6, hours=23)
    assert (await product.http.get("/em_status", headers=headers)).status_code == 200
    product.clock.advance(hours=1)
    assert (await product.http.get("/em_status", headers=headers)).status_code == 401


@pytest.mark.parametrize("path", ["/nothing", "/weixin", "/weixin/login/more", "/imageless", "/%00", "/%ff"])
async def test_paths_of_no_api_are_the_sign_clouds(product: Product, path: str) -> None:
    response = await product.http.get(path)

    assert (response.status_code, response.json()) == (404, {"status": 404, "msg": "接口不存在", "data": None})


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/admin/nothing", "/graphql", "/storage/nothing"])
async def test_paths_of_others_are_not(product: Product, path: str) -> None:
    response = await product.http.get(path, headers={"accept": "application/json"})

    assert "status" not in json.loads(response.content)


async def test_a_wrong_method_is_405(product: Product) -> None:
    response = await product.http.get(LOGIN)

    assert (response.status_code, response.json()) == (405, {"status": 405, "msg": "请求方法不允许", "data": None})
    assert response.headers["allow"] == "POST"

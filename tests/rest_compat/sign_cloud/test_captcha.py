"""`/captcha` and `/verifycode`: a picture is good for one answer, and then a code is sent."""

import asyncio
import re
from collections import Counter
from io import BytesIO
from typing import Any

import httpx2
import pytest
from PIL import Image
from sqlalchemy import func, select
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from models.db import Database
from models.identity import Captcha, VerificationCode
from models.messages import OutgoingMessage
from models.settings import Settings
from models.statements import table_of
from resolvers.scope import Services
from resolvers.sweeps import sweep
from server import create_app
from tests.support.clients import Clock, Person, Product, running
from tests.support.outbox import Outbox

ANSWER = "8421"
PHONE = "13912345678"
SENT = {"error_code": 0, "data": {}}
TABLES = [table_of(model) for model in (VerificationCode, OutgoingMessage)]
CAPTCHAS = select(func.count()).select_from(table_of(Captcha))
LINK = """mutation($input: LinkCredentialInput!) { linkCredential(input: $input) {
  user { mobile } errors { code } } }"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"captcha_test_answer": ANSWER})


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


def refused(code: int, message: str) -> dict[str, Any]:
    return {"error_code": code, "msg": message, "data": {}}


WRONG = refused(400, "图形验证码错误或已失效，请重新获取")
UNAUTHENTICATED = refused(401, "请先登录")


async def counts(database: Database) -> list[int]:
    return [await database.fetch_value(select(func.count()).select_from(table)) for table in TABLES]


async def fresh(product: Product) -> str:
    """The cookie of a new captcha, which the client forgets."""
    response = await product.http.get("/captcha")
    token = response.cookies["captcha"]
    product.http.cookies.clear()
    return token


async def ask(
    product: Product, cookie: str | None, answer: str = ANSWER, phone: str = PHONE, **headers: str
) -> httpx2.Response:
    cookies = {"Cookie": f"captcha={cookie}"} if cookie is not None else {}
    return await product.http.post(
        "/verifycode", data={"captcha_code": answer, "phone": phone}, headers={**cookies, **headers}
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_the_captcha_is_a_picture_with_a_cookie(product: Product) -> None:
    response = await product.http.get("/captcha")

    assert response.status_code == 200
    assert response.headers["content-type"] == "image/png"
    assert response.headers["cache-control"] == "no-store"
    assert Image.open(BytesIO(response.content)).format == "PNG"
    cookie = response.headers["set-cookie"]
    assert re.fullmatch(r"captcha=[\w-]{40,}; HttpOnly; Max-Age=300; Path=/; SameSite=lax", cookie)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_over_https_pages_of_other_sites_may_use_the_cookie(product: Product, settings: Settings) -> None:
    """Whether the client speaks HTTPS itself, the proxy says so, or PUBLIC_URL."""
    cross_site = r"captcha=[\w-]{40,}; HttpOnly; Max-Age=300; Path=/; SameSite=none; Secure"
    behind_proxy = httpx2.ASGITransport(app=ProxyHeadersMiddleware(product.app, "127.0.0.1"))  # type: ignore[arg-type]
    published = create_app(settings.model_copy(update={"public_url": "https://careergraph.test"}), product.clock)
    async with running(published, product.clock, product.url) as public:
        replies = [
            await product.http.get("https://careergraph.test/captcha"),
            await httpx2.AsyncClient(transport=behind_proxy, base_url="http://careergraph.test").get(
                "/captcha", headers={"X-Forwarded-Proto": "https"}
            ),
            await public.http.get("/captcha"),
        ]

    for reply in replies:
        assert re.fullmatch(cross_site, reply.headers["set-cookie"]), reply.headers["set-cookie"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_no_two_captchas_have_one_cookie(product: Product) -> None:
    assert len({await fresh(product) for _ in range(5)}) == 5


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_the_database_holds_neither_the_token_nor_the_answer(product: Product, database: Database) -> None:
    token = await fresh(product)

    (row,) = await database.fetch(select(table_of(Captcha)))

    assert not {token, ANSWER} & set(map(str, row))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_the_right_answer_sends_a_code(product: Product, outbox: Outbox) -> None:
    response = await ask(product, await fresh(product))

    assert (response.status_code, response.json()) == (200, SENT)
    assert re.fullmatch(r"\d{6}", outbox.code(PHONE))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_client_that_keeps_cookies_needs_to_do_nothing_else(product: Product, outbox: Outbox) -> None:
    await product.http.get("/captcha")

    response = await product.http.post("/verifycode", json={"captcha_code": f" {ANSWER} ", "phone": PHONE})

    assert response.json() == SENT
    assert outbox.code(PHONE)


async def test_a_cookie_replayed_a_hundred_times_fails_99_times(
    product: Product, database: Database, outbox: Outbox
) -> None:
    cookie = await fresh(product)
    before = await counts(database)

    replies = await asyncio.gather(*(ask(product, cookie, phone=f"139{number:08}") for number in range(100)))

    outcomes = Counter(reply.json()["error_code"] for reply in replies)
    assert outcomes == {0: 1, 400: 99}
    assert all(reply.json() in (SENT, WRONG) for reply in replies)
    assert [now - then for now, then in zip(await counts(database), before, strict=True)] == [1, 1]
    assert len(outbox.take()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize("answer", ["8422", "", "x" * 10_000, "\0", "８４２２"])
async def test_a_wrong_answer_uses_the_captcha_up(
    product: Product, database: Database, outbox: Outbox, answer: str
) -> None:
    cookie, before = await fresh(product), await counts(database)

    assert (await ask(product, cookie, answer)).json() == WRONG
    assert (await ask(product, cookie)).json() == WRONG
    assert await counts(database) == before
    assert outbox.take() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_number_that_is_none_uses_the_captcha_up(product: Product) -> None:
    cookie = await fresh(product)

    refusal = (await ask(product, cookie, phone="123")).json()

    assert refusal == refused(400, "phone: 不是中国大陆的手机号")
    assert (await ask(product, cookie)).json() == WRONG


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_captcha_dies_after_five_minutes(product: Product) -> None:
    late, just_in_time = await fresh(product), await fresh(product)

    product.clock.advance(minutes=4, seconds=59)
    assert (await ask(product, just_in_time)).json() == SENT
    product.clock.advance(seconds=1)
    assert (await ask(product, late, phone="13912345679")).json() == WRONG


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize("cookie", [None, "", "nonsense", "x" * 5000])
async def test_without_a_captcha_nothing_is_sent(product: Product, database: Database, cookie: str | None) -> None:
    before = await counts(database)

    response = await ask(product, cookie)

    assert (response.status_code, response.json()) == (200, WRONG)
    assert await counts(database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
@pytest.mark.parametrize("missing", ["captcha_code", "phone"])
async def test_a_request_that_does_not_bind_leaves_the_captcha(product: Product, missing: str) -> None:
    cookie = await fresh(product)
    body = {name: value for name, value in {"captcha_code": ANSWER, "phone": PHONE}.items() if name != missing}

    response = await product.http.post("/verifycode", data=body, headers={"Cookie": f"captcha={cookie}"})

    assert (response.status_code, response.json()) == (200, refused(400, f"{missing} 不能为空"))
    assert (await ask(product, cookie)).json() == SENT


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_number_gets_one_code_a_minute(product: Product, outbox: Outbox) -> None:
    assert (await ask(product, await fresh(product))).json() == SENT

    again = await ask(product, await fresh(product))

    assert (again.status_code, again.json()) == (200, refused(429, "请求过于频繁，请稍后再试"))
    assert 0 < int(again.headers["retry-after"]) <= 60
    assert len(outbox.take()) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_the_code_attaches_the_number(product: Product, outbox: Outbox) -> None:
    login = await product.http.post("/weixin/login", data={"code": "dev-a"})
    token = login.json()["data"]["session_token"]
    response = await ask(product, await fresh(product), **{"X-auth-token": token})
    assert response.json() == SENT
    proof = {"kind": "MOBILE", "address": PHONE, "code": outbox.code(PHONE)}

    data = await product.data(LINK, {"input": proof}, person=Person(0, "", token))

    assert data["linkCredential"] == {"user": {"mobile": PHONE}, "errors": []}
    again = await product.data(LINK, {"input": proof}, person=Person(0, "", token))
    assert again["linkCredential"]["errors"] == [{"code": "WRONG_CODE"}]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_a_dead_token_is_refused_before_the_captcha_is_used_up(product: Product) -> None:
    cookie = await fresh(product)

    response = await ask(product, cookie, **{"X-auth-token": "dead"})

    assert (response.status_code, response.json()) == (401, UNAUTHENTICATED)
    assert (await ask(product, cookie)).json() == SENT


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_wrong_methods_and_large_bodies_have_the_envelope_too(product: Product) -> None:
    wrong_method = await product.http.get("/verifycode")
    large = await product.http.post("/verifycode", content=b"x" * (2 * 1024 * 1024 + 1))

    assert (wrong_method.status_code, wrong_method.json()) == (405, refused(405, "请求方法不允许"))
    assert (large.status_code, large.json()) == (413, refused(413, "请求体过大"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both
async def test_captchas_that_nobody_answers_are_swept_away(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    await fresh(product)
    services = Services.from_settings(settings, clock)

    await sweep(services)
    assert await database.fetch_value(CAPTCHAS) == 1
    clock.advance(minutes=6)
    await sweep(services)

    assert await database.fetch_value(CAPTCHAS) == 0
    await services.close()

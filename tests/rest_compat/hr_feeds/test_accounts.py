"""Registering at the talent feeds, the link that activates, and signing in."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from models.db import Database
from models.identity import Credential, Role, Session, User, UserRole
from models.messages import OutgoingMessage
from models.settings import Environment, Settings
from models.signing.companies import Company
from models.statements import table_of
from models.talent.recruiters import Package, Recruiter, RecruiterRegistration
from resolvers import sweeps
from resolvers.scope import Services
from schema.engine.node_id import encode
from server import create_app
from tests.support.clients import Clock, Person, Product, running
from tests.support.outbox import Outbox
from tests.support.platform import done
from tests.support.recruiters import (
    COMPANY,
    EMAIL,
    PASSWORD,
    REGISTRATION,
    activated,
    mailed_link,
    post,
    registered,
    signed_in,
    with_email,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

REGISTER, LOGIN = "/hr/register/", "/hr/login/"
TABLES = [
    table_of(model)
    for model in (
        *(User, Credential, UserRole, Session, Company),
        *(Recruiter, RecruiterRegistration, Package, OutgoingMessage),
    )
]
BLANK = {"errors": {}, "username": "", "user_industry": "", "auth_info": {}}
"""What the reply to a refused login holds beside status and msg."""
WRONG = {"status": "form_error", "msg": "用户名或密码错误", **BLANK}
MALICE = {"status": "malice_login", "msg": "密码错误次数过多，请稍后再试", **BLANK}
NOT_ACTIVE = {"status": "not_active", "msg": "账号未激活，请打开邮件中的链接", **BLANK}
DEAD = (400, True)
"""A page that says that the link is of no use."""
REVOKE_ROLE = """mutation($input: RoleInput!) { revokeRole(input: $input) { user { id } errors { code } } }"""
VIEWER = """{ viewer { name email roles recruiter {
  company { name enabled } membership phone restFeeds restContacts isVip
  packages { nodes { isTrial feeds feedsUsed contacts contactsUsed } }
} } }"""


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


async def counts(database: Database) -> list[int]:
    return [await database.fetch_value(select(func.count()).select_from(table)) for table in TABLES]


async def opened(product: Product, link: str) -> tuple[int, bool]:
    """The status of the page behind a link, and whether it calls the link dead."""
    response = await product.http.get(link)
    return response.status_code, "链接无效" in response.text


async def test_registering_opening_the_link_and_signing_in(
    product: Product, outbox: Outbox, database: Database
) -> None:
    reply = await post(product, REGISTER, **{**REGISTRATION, "user_email": " HR@Qinghe.example "})

    assert reply == {
        "status": "ok",
        "msg": "注册成功，请打开邮件中的链接激活账号",
        "errors": {},
        "username": EMAIL,
    }
    link = mailed_link(outbox, EMAIL)
    assert await database.fetch_value(select(func.count()).select_from(table_of(Recruiter))) == 0
    page = await product.http.get(link)
    assert (page.status_code, "账号已激活" in page.text) == (200, True)
    assert page.headers["cache-control"] == "no-store"
    login = await post(product, LOGIN, username="HR@qinghe.example ", password=PASSWORD)
    token = login["auth_info"].pop("token")
    user_id = login["auth_info"].pop("user")
    assert login == {"status": "ok", "msg": "登录成功", **BLANK, "username": EMAIL}
    assert isinstance(user_id, int)
    viewer = (await product.data(VIEWER, person=Person(user_id, "", token)))["viewer"]
    assert viewer == {
        "name": "招聘者",
        "email": EMAIL,
        "roles": ["RECRUITER"],
        "recruiter": {
            "company": {"name": COMPANY, "enabled": False},
            "membership": "APPROVED",
            "phone": "023-60001234",
            "restFeeds": 3,
            "restContacts": 20,
            "isVip": False,
            "packages": {"nodes": [{"isTrial": True, "feeds": 3, "feedsUsed": 0, "contacts": 20, "contactsUsed": 0}]},
        },
    }


async def test_everything_wrong_with_a_form_is_told_at_once(product: Product, database: Database) -> None:
    before = await counts(database)

    nothing = await post(product, REGISTER)
    wrong = await post(
        product, REGISTER, user_email="nobody", password="abc12!", company_name="x" * 256, phone="call me"
    )
    mixed = await product.http.post(REGISTER, json={**REGISTRATION, "password": 123456, "phone": "1"})

    fields = ["user_email", "password", "company_name", "phone"]
    assert nothing["errors"] == {field: ["不能为空"] for field in fields}
    assert wrong["errors"] == {
        "user_email": ["不是有效的邮箱地址"],
        "password": ["密码必须为 6 到 20 个字母或数字"],
        "company_name": ["company_name 不能超过 255 个字符"],
        "phone": ["phone 必须是电话号码"],
    }
    assert mixed.json()["errors"] == {
        "password": ["必须是字符串"],
        "phone": ["phone 必须是电话号码"],
    }
    assert mixed.json()["msg"] == "password 必须是字符串"
    for reply in (nothing, wrong, mixed.json()):
        assert (reply["status"], reply["username"]) == ("form_error", "")
    assert await counts(database) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("user_email", value) for value in ("", "a@b", "a b@c.de", "a@b.c\0d", "é@b.cd", f"{'a' * 250}@b.cd")),
        *(("password", value) for value in ("", "abc12", "a" * 21, "abc 12", "密码密码密码", "١٢٣٤٥٦", "abc123\0")),
        *(("company_name", value) for value in ("", "   ", "a\0b")),
        *(("phone", value) for value in ("", "12", "+", "(((((", "1" * 40, "１２", "138\n00000000", "1380000\0")),
    ],
)
async def test_each_value_is_checked(product: Product, database: Database, field: str, value: str) -> None:
    before = await counts(database)

    reply = await post(product, REGISTER, **{**REGISTRATION, field: value})

    assert (reply["status"], list(reply["errors"])) == ("form_error", [field])
    assert await counts(database) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "123456"},
        {"password": "a" * 20},
        {"company_name": "x" * 255},
        {"phone": "13800000000"},
        {"phone": "+86 138-0000-0000"},
        {"phone": "(023) 6000 1234"},
    ],
)
async def test_the_edges_of_what_is_accepted(product: Product, outbox: Outbox, changes: dict[str, str]) -> None:
    assert (await activated(product, outbox, **changes)).id


async def test_bodies_that_are_no_form(product: Product, database: Database) -> None:
    before = await counts(database)
    for content, media_type in (
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"\xff=1", "application/x-www-form-urlencoded"),
        (b"user_email[a]=1&user_email[b][c]=2", "application/x-www-form-urlencoded"),
    ):
        response = await product.http.post(REGISTER, content=content, headers={"content-type": media_type})
        assert (response.status_code, response.json()["status"]) == (200, "form_error")
        assert response.json()["errors"]
    assert await counts(database) == before


async def test_a_taken_address_is_told_beside_the_rest(product: Product, outbox: Outbox, database: Database) -> None:
    await activated(product, outbox)
    before = await counts(database)

    reply = await post(product, REGISTER, **{**REGISTRATION, "user_email": EMAIL.upper(), "phone": ""})

    assert reply["errors"] == {"user_email": ["该邮箱已被使用"], "phone": ["phone 不能为空"]}
    assert reply["status"] == "form_error"
    assert await counts(database) == before


async def test_an_address_is_written_to_once_a_minute(product: Product, outbox: Outbox, database: Database) -> None:
    await registered(product, outbox)
    before = await counts(database)

    again = await product.http.post(REGISTER, data=REGISTRATION)

    assert again.json()["status"] == "form_error"
    assert again.json()["msg"] == "请求过于频繁，请稍后再试"
    assert 1 <= int(again.headers["retry-after"]) <= 60
    assert outbox.take() == []
    assert await counts(database) == before


async def test_a_link_is_good_for_a_day_and_once(product: Product, outbox: Outbox) -> None:
    link = await registered(product, outbox)
    other = await registered(product, outbox, user_email="second@qinghe.example")
    product.clock.advance(hours=23, minutes=59)

    assert (await product.http.head(link)).status_code == 200
    assert await opened(product, link) == (200, False)
    assert await opened(product, link) == DEAD
    product.clock.advance(minutes=1)
    assert await opened(product, other) == DEAD
    assert await post(product, LOGIN, username="second@qinghe.example", password=PASSWORD) == NOT_ACTIVE


async def test_a_registration_is_kept_for_a_month(product: Product, outbox: Outbox, settings: Settings) -> None:
    await registered(product, outbox)
    services = Services.from_settings(settings, product.clock)
    product.clock.advance(days=30)
    await sweeps.sweep(services)
    assert await post(product, LOGIN, username=EMAIL, password=PASSWORD) == NOT_ACTIVE

    product.clock.advance(days=1, seconds=1)
    await sweeps.sweep(services)

    assert await post(product, LOGIN, username=EMAIL, password=PASSWORD) == WRONG
    await services.close()


async def test_of_many_clicks_at_once_one_activates(product: Product, outbox: Outbox, database: Database) -> None:
    link = await registered(product, outbox)
    before = await counts(database)

    pages = await asyncio.gather(*(opened(product, link) for _ in range(12)))

    assert Counter(pages) == {(200, False): 1, DEAD: 11}
    added = [after - earlier for after, earlier in zip(await counts(database), before, strict=True)]
    assert added == [1, 1, 1, 0, 1, 1, -1, 1, 0]


async def test_of_two_who_name_a_company_at_once_one_speaks_for_it(product: Product, outbox: Outbox) -> None:
    emails = [f"hr{number}@qinghe.example" for number in range(5)]
    found = [await registered(product, outbox, user_email=email) for email in emails]

    assert await asyncio.gather(*(opened(product, link) for link in found)) == [(200, False)] * len(found)

    viewers = [
        (await product.data(VIEWER, person=await signed_in(product, email)))["viewer"]["recruiter"] for email in emails
    ]
    assert Counter(viewer["membership"] for viewer in viewers) == {"APPROVED": 1, "PENDING": 4}
    assert {viewer["company"]["name"] for viewer in viewers} == {COMPANY}
    assert {viewer["restFeeds"] for viewer in viewers} == {3}


async def test_an_address_that_is_taken_meanwhile(product: Product, outbox: Outbox, database: Database) -> None:
    link = await registered(product, outbox)
    await with_email(product, outbox)
    before = await counts(database)

    page = await product.http.get(link)

    assert (page.status_code, "已被其他账号使用" in page.text) == (400, True)
    assert await counts(database) == before


async def test_no_other_token_activates(product: Product, database: Database) -> None:
    before = await counts(database)
    for token in ("", "x", "%00", "a" * 5000, "%ED%A0%80", "%FF"):
        assert await opened(product, f"/activate-recruiter?token={token}") == DEAD
    assert await opened(product, "/activate-recruiter") == DEAD
    assert await counts(database) == before


async def test_before_the_activation(product: Product, outbox: Outbox, database: Database) -> None:
    await registered(product, outbox)
    before = await counts(database)

    assert await post(product, LOGIN, username=EMAIL, password=PASSWORD) == NOT_ACTIVE
    assert await post(product, LOGIN, username=EMAIL, password="abc124") == WRONG
    assert await counts(database) == before


async def test_a_wrong_name_a_wrong_password_and_none(product: Product, outbox: Outbox, database: Database) -> None:
    await activated(product, outbox)
    before = await counts(database)

    assert await post(product, LOGIN, username=EMAIL, password="abc124") == WRONG
    assert await post(product, LOGIN, username="nobody@qinghe.example", password=PASSWORD) == WRONG
    for username in ("nobody", "1", "'; --", "a" * 5000):
        assert await post(product, LOGIN, username=username, password="a" * 5000) == WRONG
    empty = {"username": ["不能为空"], "password": ["不能为空"]}
    for form in ({}, {"username": "", "password": " "}):
        reply = await post(product, LOGIN, **form)
        assert reply == {"status": "form_error", "msg": "username 不能为空", **BLANK, "errors": empty}
    lost = await product.http.post(LOGIN, json={"username": ["a"], "password": {"b": 1}})
    assert lost.json()["errors"] == {"username": ["必须是字符串"], "password": ["必须是字符串"]}
    assert (await post(product, LOGIN, username="a\0b", password="x"))["status"] == "form_error"
    assert (await post(product, LOGIN, username=EMAIL, password="x\0"))["status"] == "form_error"
    assert await counts(database) == before


async def test_who_is_no_recruiter(product: Product, outbox: Outbox, database: Database) -> None:
    await with_email(product, outbox, "student@qinghe.example")
    account = (await product.student()).account
    before = await counts(database)

    reply = await post(product, LOGIN, username="student@qinghe.example", password="000001")

    assert reply == {"status": "not_hr", "msg": "不是 HR 用户", **BLANK}
    assert await post(product, LOGIN, username="student@qinghe.example", password="000002") == WRONG
    assert await post(product, LOGIN, username=account, password=account[-6:]) == WRONG
    assert await counts(database) == before


async def test_who_lost_the_role_is_no_recruiter_any_more(product: Product, outbox: Outbox) -> None:
    person = await activated(product, outbox)
    administrator = await product.administrator()

    await done(product, REVOKE_ROLE, administrator, userId=encode("User", person.id), role=Role.RECRUITER.name)

    assert (await post(product, LOGIN, username=EMAIL, password=PASSWORD))["status"] == "not_hr"
    token = await product.http.get(f"/hr/valid_token/{person.id}/{person.token}/")
    assert token.json() == {"status": "token_error", "msg": "无效 token"}


async def test_after_five_wrong_passwords_none_will_do(product: Product, outbox: Outbox, database: Database) -> None:
    await activated(product, outbox)
    await activated(product, outbox, user_email="second@qinghe.example")
    before = await counts(database)
    for _ in range(5):
        assert await post(product, LOGIN, username=EMAIL, password="abc124") == WRONG

    sixth = await product.http.post(LOGIN, data={"username": EMAIL.upper(), "password": PASSWORD})

    assert sixth.json() == MALICE
    assert 1 <= int(sixth.headers["retry-after"]) <= 120
    assert await post(product, LOGIN, username=EMAIL, password="abc124") == MALICE
    assert await counts(database) == before
    assert (await post(product, LOGIN, username="second@qinghe.example", password=PASSWORD))["status"] == "ok"
    sign_in = f'mutation {{ signIn(input: {{kind: EMAIL, identifier: "{EMAIL}", password: "{PASSWORD}"}}) '
    sign_in += "{ token errors { code } } }"
    assert (await product.data(sign_in))["signIn"] == {"token": None, "errors": [{"code": "TOO_MANY_REQUESTS"}]}


async def test_right_passwords_are_not_counted(product: Product, outbox: Outbox) -> None:
    await activated(product, outbox)
    for _ in range(4):
        assert await post(product, LOGIN, username=EMAIL, password="abc124") == WRONG

    for _ in range(8):
        assert (await post(product, LOGIN, username=EMAIL, password=PASSWORD))["status"] == "ok"
    assert await post(product, LOGIN, username=EMAIL, password="abc124") == WRONG
    assert await post(product, LOGIN, username=EMAIL, password=PASSWORD) == MALICE


async def test_many_guesses_at_once_are_no_way_around_the_limit(product: Product, outbox: Outbox) -> None:
    await activated(product, outbox)
    guesses = [f"guess{number}" for number in range(30)]

    replies = await asyncio.gather(*(post(product, LOGIN, username=EMAIL, password=guess) for guess in guesses))

    assert Counter(reply["status"] for reply in replies) == {"form_error": 5, "malice_login": 25}


async def test_without_a_channel_nobody_registers(settings: Settings, clock: Clock, database: Database) -> None:
    changes: dict[str, Any] = {"environment": Environment.PRODUCTION, "secret_key": SecretStr("0123456789abcdef" * 4)}
    async with running(create_app(settings.model_copy(update=changes), clock), clock, settings.database_url) as product:
        before = await counts(database)

        reply = await post(product, REGISTER, **REGISTRATION)

        assert reply == {"status": "form_error", "msg": "邮件服务未配置", "errors": {}, "username": ""}
        assert await counts(database) == before


async def test_the_trial_is_configured(settings: Settings, clock: Clock, outbox: Outbox) -> None:
    changed = settings.model_copy(update={"trial_feeds": 1, "trial_contacts": 2, "trial_days": 1})
    async with running(create_app(changed, clock), clock, settings.database_url) as product:
        person = await activated(product, outbox)
        recruiter = (await product.data(VIEWER, person=person))["viewer"]["recruiter"]
        assert (recruiter["restFeeds"], recruiter["restContacts"]) == (1, 2)
        clock.advance(days=1)
        recruiter = (await product.data(VIEWER, person=await signed_in(product)))["viewer"]["recruiter"]
        assert (recruiter["restFeeds"], recruiter["restContacts"]) == (0, 0)

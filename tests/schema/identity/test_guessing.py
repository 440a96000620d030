"""Guessing: at every door, few of many wrong passwords and codes are checked, and the owner still gets in."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from models.settings import Settings
from server import create_app
from tests.schema.replies import done
from tests.support.clients import Clock, Person, Product, running
from tests.support.developers import PASSWORD, developer
from tests.support.networks import coming_from, passwords_checked
from tests.support.outbox import Outbox
from tests.support.recruiters import activated

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # guesses are counted elsewhere

MANY = 300
SIGN_IN = """
mutation ($input: SignInInput!) { signIn(input: $input) { token errors { code retryAfter } } }
"""
CHANGE_PASSWORD = """
mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { errors { code retryAfter } } }
"""
LINK = """
mutation ($input: LinkCredentialInput!) { linkCredential(input: $input) { errors { code retryAfter } } }
"""
RESET = """
mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { errors { code retryAfter } } }
"""
CONFIRM = 'mutation { confirmEmail(input: {token: "wrong"}) { errors { code } } }'
ACTIVATE = 'mutation { activateRecruiter(input: {token: "wrong"}) { errors { code } } }'
SEND_PHONE_CODE = """
mutation ($input: SendPhoneCodeInput!) { sendPhoneCode(input: $input) { errors { code } } }
"""
WECHAT = """
mutation { signInWithWechat(input: {program: SIGN_CLOUD, code: "wrong"}) { errors { code } } }
"""

Door = Callable[[Product, Person], Awaitable[httpx2.Response]]


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(Path(settings.data_dir))


def graph(query: str, **fields: Any) -> Door:
    async def guess(product: Product, person: Person) -> httpx2.Response:
        values = {"identifier": person.account, **fields} if query is SIGN_IN else fields
        headers = {} if query is SIGN_IN else person.bearer
        variables = {"input": values}
        return await product.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    return guess


def rest(method: str, path: str, **body: str) -> Door:
    async def guess(product: Product, person: Person) -> httpx2.Response:
        sent = {name: person.account if value == "ACCOUNT" else value for name, value in body.items()}
        return await product.rest(method, path, sent, person=person)

    return guess


async def student(product: Product, _outbox: Outbox) -> Person:
    return await product.student()


async def of_the_platform(product: Product, _outbox: Outbox) -> Person:
    return await developer(product)


async def recruiter(product: Product, outbox: Outbox) -> Person:
    return await activated(product, outbox)


async def staff(product: Product, _outbox: Outbox) -> Person:
    body = {"username": "kaoqin", "password": PASSWORD, "confirm_password": PASSWORD}
    await product.rest("POST", "/admin/user/register/", body)
    reply = await product.rest("POST", "/admin/user/login/", {"username": "kaoqin", "password": PASSWORD})
    return Person(0, "kaoqin", reply.json()["data"]["token"])


TOO_MANY = {"code": 1, "msg": "尝试次数过多，请稍后再试", "data": None}
PLATFORM_TOO_MANY = "请求过于频繁，请稍后再试"
MALICE = {
    "status": "malice_login",
    "msg": "密码错误次数过多，请稍后再试",
    "errors": {},
    "username": "",
    "user_industry": "",
    "auth_info": {},
}
DOORS = [
    pytest.param(student, rest("POST", "/api/v1/user/login", account="ACCOUNT", password="wrong"), (200, TOO_MANY)),
    pytest.param(
        student,
        rest("PUT", "/api/v1/user/update/psw", old_password="wrong", new_password="another"),
        (200, TOO_MANY),
    ),
    pytest.param(
        of_the_platform,
        rest("POST", "/api/login", username="ACCOUNT", password="wrong"),
        (422, {"status_code": 422, "message": PLATFORM_TOO_MANY}),
    ),
    pytest.param(
        of_the_platform,
        rest("PATCH", "/api/user/base/update-password", old_password="wrong", new_password="another"),
        (422, {"status_code": 422, "message": PLATFORM_TOO_MANY}),
    ),
    pytest.param(
        staff,
        rest("POST", "/admin/user/login/", username="ACCOUNT", password="wrong"),
        (200, {"code": 0, "msg": "请求过于频繁，请稍后再试", "data": None}),
    ),
    pytest.param(recruiter, rest("POST", "/hr/login/", username="ACCOUNT", password="wrong"), (200, MALICE)),
]
GRAPH_DOORS = [
    pytest.param(student, graph(SIGN_IN, password="wrong"), "signIn"),
    pytest.param(of_the_platform, graph(SIGN_IN, kind="USERNAME", password="wrong"), "signIn"),
    pytest.param(recruiter, graph(SIGN_IN, kind="EMAIL", password="wrong"), "signIn"),
    pytest.param(student, graph(CHANGE_PASSWORD, oldPassword="wrong", newPassword="another"), "changePassword"),
    pytest.param(student, graph(LINK, kind="USERNAME", address="zhang", password="wrong"), "linkCredential"),
]


async def over_a_quarter(product: Product, person: Person, guess: Door) -> httpx2.Response:
    """Many guesses in just under 15 minutes; the last reply."""
    for _ in range(MANY - 1):
        await guess(product, person)
        product.clock.advance(seconds=2.9)
    return await guess(product, person)


@pytest.mark.parametrize(("make", "guess", "refusal"), DOORS)
async def test_few_wrong_passwords_are_checked_at_an_old_door(
    product: Product,
    outbox: Outbox,
    make: Callable[[Product, Outbox], Awaitable[Person]],
    guess: Door,
    refusal: tuple[int, Any],
) -> None:
    person = await make(product, outbox)
    before = passwords_checked()

    last = await over_a_quarter(product, person, guess)

    assert 5 <= passwords_checked() - before <= 10
    assert (last.status_code, last.json()) == refusal
    assert 1 <= int(last.headers["retry-after"]) <= 900


@pytest.mark.parametrize(("make", "guess", "field"), GRAPH_DOORS)
async def test_few_wrong_passwords_are_checked_at_the_graph(
    product: Product,
    outbox: Outbox,
    make: Callable[[Product, Outbox], Awaitable[Person]],
    guess: Door,
    field: str,
) -> None:
    person = await make(product, outbox)
    before = passwords_checked()

    last = await over_a_quarter(product, person, guess)

    assert 5 <= passwords_checked() - before <= 10
    (error,) = last.json()["data"][field]["errors"]
    assert error["code"] == "TOO_MANY_REQUESTS"
    assert 1 <= error["retryAfter"] <= 900


async def signs_in(product: Product, identifier: str, password: str, kind: str = "STUDENT_ACCOUNT") -> str:
    """ "" or the code of the refusal."""
    payload = await product.data(SIGN_IN, {"input": {"kind": kind, "identifier": identifier, "password": password}})
    errors = payload["signIn"]["errors"]
    return errors[0]["code"] if errors else ""


async def test_all_doors_and_addresses_count_together_and_the_owner_gets_in(product: Product) -> None:
    owner = await developer(product)
    before = passwords_checked()

    for step in range(MANY):
        address = f"198.51.100.{step % 250}" if step % 2 else f"2001:db8:{step:x}::1"
        async with coming_from(product, address) as stranger:
            if step % 3:
                await signs_in(stranger, "developer1", "wrong", "USERNAME")
            else:
                await stranger.rest("POST", "/api/login", {"username": "13800200001", "password": "wrong"})
        product.clock.advance(seconds=2.9)

    assert passwords_checked() - before == 10
    async with coming_from(product, "203.0.113.7") as stranger:
        assert await signs_in(stranger, "developer1", PASSWORD, "USERNAME") == "TOO_MANY_REQUESTS"
        known_by_session = await stranger.graphql(
            SIGN_IN,
            {"input": {"kind": "USERNAME", "identifier": "developer1", "password": PASSWORD}},
            person=owner,
        )
    assert known_by_session["data"]["signIn"]["errors"] == []
    assert await signs_in(product, "developer1", PASSWORD, "USERNAME") == ""


async def test_an_unknown_account_is_refused_like_a_known_one(product: Product) -> None:
    student = await product.student()

    async with coming_from(product, "203.0.113.7") as stranger:
        for account in (student.account, "2021999998"):
            replies = [await signs_in(stranger, account, "wrong") for _ in range(9)]
            assert replies == ["WRONG_CREDENTIALS"] * 7 + ["TOO_MANY_REQUESTS"] * 2


async def test_an_ipv6_subscriber_is_one_network(settings: Settings, clock: Clock) -> None:
    limited = settings.model_copy(update={"guesses_per_network": 20})
    async with running(create_app(limited, clock), clock, settings.database_url) as product:
        before = passwords_checked()
        replies = []
        for number in range(40):
            async with coming_from(product, f"2001:db8:0:7:{number:x}::1") as stranger:
                replies.append(await signs_in(stranger, f"20219{number:05}", "wrong"))
        async with coming_from(product, "2001:db8:0:8::1") as neighbour:
            beside = await signs_in(neighbour, "2021900000", "wrong")

    assert replies == ["WRONG_CREDENTIALS"] * 20 + ["TOO_MANY_REQUESTS"] * 20
    assert beside == "WRONG_CREDENTIALS"
    assert passwords_checked() - before == 21


async def test_a_network_is_known_until_the_password_changes(product: Product) -> None:
    student = await product.student()
    password = student.account[-6:]

    async def refused_after_guesses_elsewhere() -> list[str]:
        for number in range(7):
            async with coming_from(product, f"198.51.100.{number}") as stranger:
                await signs_in(stranger, student.account, "wrong")
        async with coming_from(product, "203.0.113.7") as home:
            return [await signs_in(home, student.account, secret) for secret in (password, "another")]

    async with coming_from(product, "203.0.113.7") as home:
        assert await signs_in(home, student.account, password) == ""
    assert await refused_after_guesses_elsewhere() == ["", "WRONG_CREDENTIALS"]

    product.clock.advance(hours=1)
    await done(product, CHANGE_PASSWORD, {"input": {"oldPassword": password, "newPassword": "another"}}, person=student)
    assert await refused_after_guesses_elsewhere() == ["TOO_MANY_REQUESTS"] * 2


async def test_codes_are_guessed_as_rarely(product: Product, outbox: Outbox) -> None:
    person = await activated(product, outbox)
    replies = []
    for _ in range(MANY):
        reset = {"kind": "EMAIL", "address": person.account, "code": "000000", "newPassword": "another"}
        async with coming_from(product, "203.0.113.7") as stranger:
            payload = (await stranger.data(RESET, {"input": reset}))["resetPassword"]
        replies.append(payload["errors"][0]["code"])
        product.clock.advance(seconds=2.9)

    assert replies.count("WRONG_CODE") == 10
    assert replies.count("TOO_MANY_REQUESTS") == MANY - 10


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        (CONFIRM, {}, "WRONG_CODE"),
        (ACTIVATE, {}, "WRONG_CODE"),
        (WECHAT, {}, "WRONG_CODE"),
        (
            SEND_PHONE_CODE,
            {"input": {"captchaToken": "x", "captchaAnswer": "0000", "mobile": "13800138000"}},
            "WRONG_CAPTCHA",
        ),
    ],
    ids=["confirm", "activate", "wechat", "captcha"],
)
async def test_links_captchas_and_wechat_codes_count_for_the_network(
    product: Product, query: str, variables: dict[str, Any], code: str
) -> None:
    replies = []
    for _ in range(MANY):
        (payload,) = (await product.data(query, variables)).values()
        replies.append(payload["errors"][0]["code"])

    assert replies == [code] * 100 + ["TOO_MANY_REQUESTS"] * 200

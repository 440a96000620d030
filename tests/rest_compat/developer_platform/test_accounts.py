"""Registration, sign-in and tokens of the platform."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select

from models.db import Database
from models.identity import Credential, User, VerificationCode
from models.platform.profile import DeveloperProfile
from models.settings import Environment, Settings
from models.statements import table_of
from server import create_app
from tests.support.clients import Clock, Person, Product, running
from tests.support.developers import FIELD_REQUIRED, PASSWORD, UNAUTHENTICATED, answer, developer, failure
from tests.support.outbox import Outbox, other_than

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

MOBILE = "13114854125"
WRONG_DATA = failure(500, "数据有误")
TOO_MANY = failure(422, "请求过于频繁，请稍后再试")
DONE = (200, {"status_code": 200, "message": "操作成功", "data": ""})
REGISTRATION = {"username": "admin", "mobile": MOBILE, "password": "a123456.", "verification_code": "123456"}
TABLES = [table_of(model) for model in (User, Credential, DeveloperProfile)]


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


async def counts(database: Database) -> list[int]:
    return [await database.fetch_value(select(func.count()).select_from(table)) for table in TABLES]


async def asked(product: Product, outbox: Outbox, mobile: str = MOBILE) -> str:
    """The code that was sent to a mobile number."""
    response = await product.rest("GET", "/api/register-sms", query={"mobile": mobile})
    assert answer(response) == DONE
    return outbox.code(mobile)


async def register(product: Product, **values: Any) -> tuple[int, Any]:
    return answer(await product.rest("POST", "/api/register", {**REGISTRATION, **values}))


async def login(product: Product, username: str, password: str) -> tuple[int, Any]:
    return answer(await product.rest("POST", "/api/login", {"username": username, "password": password}))


async def me(product: Product, token: str) -> int:
    response = await product.rest("GET", "/api/me", person=Person(0, "", token))
    return response.status_code


async def test_registering_as_documented(product: Product, outbox: Outbox, database: Database) -> None:
    before = await counts(database)

    status, reply = await register(product, verification_code=await asked(product, outbox))

    user = reply["data"]
    assert (status, reply) == (
        200,
        {
            "status_code": 200,
            "message": "操作成功",
            "data": {
                "id": user["id"],
                "username": "admin",
                "avatar": "",
                "level": 1,
                "integral": 100,
                "created_at": "2026-03-02 10:00:00",
                "updated_at": "2026-03-02 10:00:00",
            },
        },
    )
    assert await counts(database) == [count + new for count, new in zip(before, (1, 2, 1), strict=True)]
    status, reply = await login(product, "admin", "a123456.")
    token_info, user_info = reply["data"]["token_info"], reply["data"]["user_info"]
    assert user_info == user
    assert (token_info["token_type"], token_info["expires_in"]) == ("bearer", 7200)
    signed_in = Person(user["id"], "admin", token_info["access_token"])
    assert (await product.rest("GET", "/api/me", person=signed_in)).json()["data"] == user
    graph = await product.data(
        """{ viewer { credentials { kind identifier } developer { credits { balance entries { nodes {
             change message } } } } } }""",
        person=signed_in,
    )
    assert graph["viewer"]["credentials"] == [
        {"kind": "USERNAME", "identifier": "admin"},
        {"kind": "MOBILE", "identifier": MOBILE},
    ]
    assert graph["viewer"]["developer"]["credits"] == {
        "balance": 100,
        "entries": {"nodes": [{"change": 100, "message": "完成注册获取积分"}]},
    }


@pytest.mark.parametrize("mobile", ["1311485412", "131148541255", "23114854125", "１３１１４８５４１２", "abc", "1 3"])
async def test_codes_go_to_mobile_numbers_only(product: Product, outbox: Outbox, mobile: str) -> None:
    response = await product.rest("GET", "/api/register-sms", query={"mobile": mobile})

    assert answer(response) == failure(422, "mobile: 不是中国大陆的手机号")
    assert outbox.take() == []


@pytest.mark.parametrize("query", [{}, {"mobile": ""}, {"phone": MOBILE}])
async def test_a_code_needs_a_mobile_number(product: Product, outbox: Outbox, query: dict[str, str]) -> None:
    assert answer(await product.rest("GET", "/api/register-sms", query=query)) == FIELD_REQUIRED
    assert outbox.take() == []


async def test_one_code_a_minute_for_a_number(product: Product, outbox: Outbox) -> None:
    await asked(product, outbox)

    response = await product.rest("GET", "/api/register-sms", query={"mobile": MOBILE})

    assert answer(response) == failure(422, "请求过于频繁，请稍后再试")
    assert 1 <= int(response.headers["retry-after"]) <= 60
    assert outbox.take() == []
    await asked(product, outbox, "13114854126")


async def test_the_codes_of_a_client_are_limited(settings: Settings, clock: Clock) -> None:
    strict = settings.model_copy(update={"codes_per_client": 2})
    async with running(create_app(strict, clock), clock, strict.database_url) as product:
        replies = [
            await product.rest("GET", "/api/register-sms", query={"mobile": f"1311485412{digit}"}) for digit in range(3)
        ]

    assert [reply.status_code for reply in replies] == [200, 200, 422]
    assert 1 <= int(replies[2].headers["retry-after"]) <= 3600


async def test_every_field_of_a_registration_is_required(product: Product, database: Database) -> None:
    before = await counts(database)

    for missing in REGISTRATION:
        body = {name: value for name, value in REGISTRATION.items() if name != missing}
        for sent in (body, {**body, missing: None}):
            assert answer(await product.rest("POST", "/api/register", sent)) == FIELD_REQUIRED
    assert await counts(database) == before


UNACCEPTABLE: list[tuple[str, Any]] = [
    ("username", "ab"),
    ("username", "a" * 33),
    ("username", "a b c"),
    ("username", "张@example"),
    ("username", "<script>"),
    ("username", "１３１-１４８５-４１２６"),
    ("username", "13114854126"),
    ("username", 1234),
    ("username", ["admin"]),
    ("mobile", "1311485412"),
    ("mobile", 13114854125),
    ("mobile", "+861311485412"),
    ("password", "12345"),
    ("password", "a" * 73),
    ("password", "密" * 25),
    ("password", "12345\0"),
    ("password", {}),
    ("verification_code", 123456),
]


async def test_what_cannot_be_registered(product: Product, outbox: Outbox, database: Database) -> None:
    code = await asked(product, outbox)
    before = await counts(database)

    for field, value in UNACCEPTABLE:
        status, reply = await register(product, **{"verification_code": code, field: value})
        assert status == reply["status_code"] == 422, value
        assert reply["message"].startswith(field), value
    for field in ("username", "mobile", "password", "verification_code"):
        assert await register(product, **{"verification_code": code, field: ""}) == FIELD_REQUIRED, field
    for empty in ({"username": "", "password": "123456"}, {"username": "developer1", "password": ""}):
        assert answer(await product.rest("POST", "/api/login", empty)) == FIELD_REQUIRED
    assert await counts(database) == before
    assert (await register(product, verification_code=code))[0] == 200


async def test_user_names_that_people_choose(product: Product, outbox: Outbox) -> None:
    for number, username in enumerate(("abc", "a" * 32, "张三丰", "Zhang_San-1.2", "123456")):
        chosen = {"username": username, "mobile": f"1311485410{number}", "password": "123456"}
        code = await asked(product, outbox, chosen["mobile"])

        status, reply = await register(product, **chosen, verification_code=code)

        assert (status, reply["data"]["username"]) == (200, username)
        assert (await login(product, username, "123456"))[0] == 200


async def test_a_body_that_is_no_object(product: Product) -> None:
    for body in ("[]", '"text"', "{", "null", ""):
        response = await product.http.post("/api/register", content=body, headers={"content-type": "application/json"})
        assert (response.status_code, response.json()["status_code"]) == (422, 422), body


async def test_a_taken_name_or_number_is_named_and_the_code_stays_good(
    product: Product, outbox: Outbox, database: Database
) -> None:
    await register(product, verification_code=await asked(product, outbox))
    code = await asked(product, outbox, "13114854126")
    before = await counts(database)

    taken_name = await register(product, mobile="13114854126", verification_code=code)
    taken_number = await register(product, username="somebody", verification_code="000000")

    assert taken_name == failure(422, "username: 已被使用")
    assert taken_number == failure(422, "mobile: 已被使用")
    assert await counts(database) == before
    assert (await register(product, username="second", mobile="13114854126", verification_code=code))[0] == 200


async def test_a_code_is_for_its_number(product: Product, outbox: Outbox, database: Database) -> None:
    code = await asked(product, outbox)
    await asked(product, outbox, "13114854126")
    before = await counts(database)

    elsewhere = await register(product, mobile="13114854127", verification_code=code)

    assert elsewhere == WRONG_DATA
    assert await counts(database) == before


async def test_a_code_lives_five_minutes(product: Product, outbox: Outbox, database: Database) -> None:
    code = await asked(product, outbox)
    before = await counts(database)
    product.clock.advance(minutes=5)

    assert await register(product, verification_code=code) == WRONG_DATA
    assert await counts(database) == before


async def test_guessing_fifty_times_uses_the_code_up(product: Product, outbox: Outbox, database: Database) -> None:
    code = await asked(product, outbox)
    before = await counts(database)

    guesses = [await register(product, verification_code=other_than(code)) for _ in range(50)]

    assert guesses == [WRONG_DATA] * 7 + [TOO_MANY] * 43
    product.clock.advance(minutes=1)
    assert await register(product, verification_code=code) == WRONG_DATA
    assert await counts(database) == before


async def test_of_forty_who_redeem_one_code_at_once_one_succeeds(
    product: Product, outbox: Outbox, database: Database
) -> None:
    code = await asked(product, outbox)
    before = await counts(database)

    replies = await asyncio.gather(
        *(register(product, username=f"developer{number}", verification_code=code) for number in range(40))
    )

    statuses = Counter(status for status, _ in replies)
    assert statuses[200] == 1
    assert set(statuses) <= {200, 422, 500}
    assert await counts(database) == [count + new for count, new in zip(before, (1, 2, 1), strict=True)]


async def test_of_two_who_want_one_name_at_once_one_gets_it(
    product: Product, outbox: Outbox, database: Database
) -> None:
    mobiles = ("13114854125", "13114854126")
    sent = [(mobile, await asked(product, outbox, mobile)) for mobile in mobiles]
    before = await counts(database)

    replies = await asyncio.gather(*(register(product, mobile=mobile, verification_code=code) for mobile, code in sent))

    assert sorted(status for status, _ in replies) == [200, 422]
    assert failure(422, "username: 已被使用") in replies
    assert await counts(database) == [count + new for count, new in zip(before, (1, 2, 1), strict=True)]


async def test_a_wrong_name_and_a_wrong_password_answer_the_same(product: Product) -> None:
    person = await developer(product)

    assert await login(product, person.account, "wrong password") == WRONG_DATA
    assert await login(product, "nobody", PASSWORD) == WRONG_DATA
    assert await login(product, "13999999999", PASSWORD) == WRONG_DATA
    assert await login(product, "8888888888", "admin") == WRONG_DATA


async def test_a_login_needs_both(product: Product) -> None:
    for body in ({"username": "admin"}, {"password": "a123456."}, {}):
        assert answer(await product.rest("POST", "/api/login", body)) == FIELD_REQUIRED


async def test_the_mobile_number_signs_in_too(product: Product) -> None:
    person = await developer(product)

    status, reply = await login(product, "13800200001", PASSWORD)

    assert (status, reply["data"]["user_info"]["username"]) == (200, person.account)


async def test_a_form_signs_in(product: Product) -> None:
    await developer(product)

    response = await product.http.post("/api/login", data={"username": "developer1", "password": PASSWORD})

    assert response.status_code == 200


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/me"), ("DELETE", "/api/logout"), ("PUT", "/api/refresh")])
async def test_a_token_of_the_platform_is_needed(product: Product, method: str, path: str) -> None:
    person = await developer(product)
    student = await product.student()
    graph = await product.data(
        'mutation { signIn(input: {kind: USERNAME, identifier: "developer1", password: "a123456."}) { token } }'
    )
    refused = [
        {},
        {"Authorization": ""},
        {"Authorization": person.token},
        {"Authorization": f"Basic {person.token}"},
        {"Authorization": "Bearer not.a.token"},
        {"Authorization": f"Bearer {person.token[:-2]}"},
        {"Authorization": f"Bearer {student.token}"},
        {"Authorization": f"Bearer {graph['signIn']['token']}"},
    ]

    for headers in refused:
        assert answer(await product.http.request(method, path, headers=headers)) == UNAUTHENTICATED, headers
    product.clock.advance(seconds=7200)
    assert answer(await product.rest(method, path, person=person)) == UNAUTHENTICATED


async def test_refreshing_kills_the_old_token(product: Product) -> None:
    person = await developer(product)
    product.clock.advance(seconds=7199)

    response = await product.rest("PUT", "/api/refresh", person=person)

    data = response.json()["data"]
    token = data["token_info"]["access_token"]
    assert data == {
        "token_info": {"access_token": token, "token_type": "bearer", "expires_in": 7200},
        "user_info": (await product.rest("GET", "/api/me", person=Person(0, "", token))).json()["data"],
    }
    assert await me(product, person.token) == 401
    assert answer(await product.rest("PUT", "/api/refresh", person=person)) == UNAUTHENTICATED
    product.clock.advance(seconds=7199)
    assert await me(product, token) == 200
    product.clock.advance(seconds=1)
    assert await me(product, token) == 401


async def test_of_two_who_refresh_one_token_at_once_one_gets_a_new_one(product: Product) -> None:
    person = await developer(product)

    replies = await asyncio.gather(*(product.rest("PUT", "/api/refresh", person=person) for _ in range(5)))

    assert sorted(reply.status_code for reply in replies) == [200, 401, 401, 401, 401]


async def test_logging_out_ends_one_session(product: Product) -> None:
    person = await developer(product)
    _, reply = await login(product, person.account, PASSWORD)
    elsewhere = reply["data"]["token_info"]["access_token"]

    assert answer(await product.rest("DELETE", "/api/logout", person=person)) == DONE

    assert await me(product, person.token) == 401
    assert answer(await product.rest("DELETE", "/api/logout", person=person)) == UNAUTHENTICATED
    assert await me(product, elsewhere) == 200


@pytest.mark.parametrize("mutation", ["refresh", "signOut"])
async def test_the_graph_reads_with_the_token_and_leaves_the_session_alone(product: Product, mutation: str) -> None:
    person = await developer(product)

    data = await product.data(f"mutation {{ {mutation} {{ errors {{ code }} }} }}", person=person)

    assert data == {mutation: {"errors": [{"code": "FOREIGN_SESSION"}]}}
    viewer = await product.data("{ viewer { username mobile email } }", person=person)
    assert viewer["viewer"] == {"username": "developer1", "mobile": "13800200001", "email": None}
    assert await me(product, person.token) == 200


async def test_without_a_channel_no_code_is_made(settings: Settings, clock: Clock, database: Database) -> None:
    production = settings.model_copy(
        update={"environment": Environment.PRODUCTION, "secret_key": SecretStr("0123456789" * 4)}
    )
    async with running(create_app(production, clock), clock, production.database_url) as product:
        response = await product.rest("GET", "/api/register-sms", query={"mobile": MOBILE})

    assert answer(response) == WRONG_DATA
    assert await database.fetch(select(table_of(VerificationCode))) == []

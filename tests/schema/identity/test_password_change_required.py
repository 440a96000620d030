"""In production, a password that somebody else knows opens nothing but its change."""

from collections.abc import AsyncIterator

import pytest

from models.settings import Settings
from server import create_app
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import Clock, Person, Product, running
from tests.support.images import PREFLIGHT, multipart
from tests.support.networks import coming_from
from tests.support.outbox import Outbox

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

ACCOUNT, INITIAL = "2021215154", "215154"
CONFINED = {"code": 1, "msg": "请先修改密码", "data": None}
SIGN_IN = """
mutation ($input: SignInInput!) {
  signIn(input: $input) { token passwordChangeRequired errors { code message path } }
}
"""
SIGN_IN_AND_LOOK = """
mutation ($input: SignInInput!) { signIn(input: $input) { token user { name resume { id } } } }
"""
CHANGE = """
mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { user { name account } errors { code message path } }
}
"""
ASK_LINK = """
mutation ($input: SendCodeInput!) {
  sendCredentialCode(input: $input) { verificationCode errors { code message path } }
}
"""
LINK = """
mutation ($input: LinkCredentialInput!) { linkCredential(input: $input) { errors { code message path } } }
"""
ASK_RESET = """
mutation ($input: SendCodeInput!) { sendPasswordResetCode(input: $input) { accepted errors { code message path } } }
"""
RESET = """
mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { reset errors { code message path } } }
"""
PRIVATE = [
    "{ viewer { name } }",
    "mutation { signOut { signedOut } }",
    "mutation { refresh { token } }",
    'mutation { updateProfile(input: {className: "1", major: "2"}) { errors { code } } }',
    'mutation { sendCredentialCode(input: {kind: EMAIL, address: "a@example.com"}) { accepted } }',
]


ISSUE = """
mutation ($input: ResetUserPasswordInput!) { resetUserPassword(input: $input) { oneTimePassword errors { code } } }
"""


@pytest.fixture
async def production(settings: Settings, clock: Clock, product: Product) -> AsyncIterator[Product]:
    """A server that is as strict as in production, with a student who was imported and has not signed in."""
    rows = [{"account": ACCOUNT, "name": "张三"}]
    await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=await product.administrator())
    strict = settings.model_copy(update={"password_change_required": True})
    async with running(create_app(strict, clock), clock, settings.database_url) as started:
        yield started


async def signed_in(product: Product, password: str) -> Person:
    payload = await done(product, SIGN_IN, {"input": {"identifier": ACCOUNT, "password": password}})
    return Person(0, ACCOUNT, payload["token"])


async def test_the_graph_opens_nothing_but_the_change(production: Product, settings: Settings) -> None:
    outbox = Outbox(settings.data_dir)
    payload = await done(production, SIGN_IN, {"input": {"identifier": ACCOUNT, "password": INITIAL}})
    assert payload["passwordChangeRequired"] is True
    person = Person(0, ACCOUNT, payload["token"])

    for operation in PRIVATE:
        reply = await production.graphql(operation, person=person)
        assert [code for code, _ in top_level(reply)] == ["PASSWORD_CHANGE_REQUIRED"], operation
    # What anonymous callers may do in part says why it does no more.
    avatar = multipart("AVATAR", b"", "a.jpg")
    sent = await production.http.post("/graphql", headers=person.bearer | PREFLIGHT, **avatar)
    assert top_level(sent.json()) == [("PASSWORD_CHANGE_REQUIRED", ["uploadImage"])]

    for known in (INITIAL, f" {INITIAL}", ACCOUNT, ACCOUNT[:-1], ACCOUNT[-7:]):
        same = {"input": {"oldPassword": INITIAL, "newPassword": known}}
        assert await refused(production, CHANGE, same, person=person) == [("INVALID_INPUT", ["input", "newPassword"])]
    wrong = {"input": {"oldPassword": "wrong", "newPassword": "my own"}}
    assert await refused(production, CHANGE, wrong, person=person) == [("WRONG_PASSWORD", ["input", "oldPassword"])]
    changed = await done(
        production, CHANGE, {"input": {"oldPassword": INITIAL, "newPassword": "my own"}}, person=person
    )

    assert changed == {"user": {"name": "张三", "account": ACCOUNT}}
    where = {"kind": "EMAIL", "address": "zhangsan@example.com"}
    code = (await done(production, ASK_LINK, {"input": where}, person=person))["verificationCode"]
    await done(production, LINK, {"input": {**where, "code": code}}, person=person)
    outbox.take()
    await done(production, ASK_RESET, {"input": where})
    forgotten = {**where, "code": outbox.code(where["address"]), "newPassword": INITIAL}
    assert await refused(production, RESET, {"input": forgotten}) == [("INVALID_INPUT", ["input", "newPassword"])]
    assert await production.data("{ viewer { name } }", person=person) == {"viewer": {"name": "张三"}}
    again = await done(production, SIGN_IN, {"input": {"identifier": ACCOUNT, "password": "my own"}})
    assert again["passwordChangeRequired"] is False


async def test_the_reply_to_the_sign_in_itself_shows_nothing(production: Product) -> None:
    reply = await production.graphql(SIGN_IN_AND_LOOK, {"input": {"identifier": ACCOUNT, "password": INITIAL}})

    assert reply["data"]["signIn"]["user"] is None
    assert {code for code, _ in top_level(reply)} == {"PASSWORD_CHANGE_REQUIRED"}


async def test_the_recorder_signs_in_as_documented_and_asks_for_the_change(production: Product) -> None:
    person = await production.login(ACCOUNT, INITIAL)

    for method, path, body in (
        ("GET", "/api/v1/user/info", None),
        ("POST", "/api/v1/clock_in/add", {}),
        ("GET", "/api/v1/clock_in/search", None),
        ("PUT", "/api/v1/user/update/info", {"class": "1", "major": "2"}),
    ):
        reply = await production.rest(method, path, body, person=person)
        assert (reply.status_code, reply.json()) == (403, CONFINED), path
    change = {"old_password": INITIAL, "new_password": "my own"}
    reply = await production.rest("PUT", "/api/v1/user/update/psw", change, person=person)

    assert reply.json() == {"code": 0, "msg": "success", "data": None}
    assert (await production.rest("GET", "/api/v1/user/info", person=person)).json()["code"] == 0


async def test_the_graph_alone_may_ask_for_the_change(settings: Settings, clock: Clock, product: Product) -> None:
    """As the facts about the recorder have it: there the flag blocks nothing; at the graph it blocks everything."""
    rows = [{"account": ACCOUNT, "name": "张三"}]
    await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=await product.administrator())
    strict = settings.model_copy(update={"password_change_required": True, "password_change_in_old_apis": False})
    async with running(create_app(strict, clock), clock, settings.database_url) as started:
        student, place = await started.login(ACCOUNT, INITIAL), {"location": "图书馆"}
        for method, path, body in (("GET", "/api/v1/user/info", None), ("POST", "/api/v1/clock_in/add", place)):
            assert (await started.rest(method, path, body, person=student)).json()["code"] == 0, path
        own = await done(started, SIGN_IN, {"input": {"identifier": ACCOUNT, "password": INITIAL}})
        assert own["passwordChangeRequired"] is True
        for person in (student, Person(0, ACCOUNT, own["token"])):
            for operation in PRIVATE:
                reply = await started.graphql(operation, person=person)
                assert [code for code, _ in top_level(reply)] == ["PASSWORD_CHANGE_REQUIRED"], operation
        change = {"input": {"oldPassword": INITIAL, "newPassword": "my own"}}
        await done(started, CHANGE, change, person=student)
        assert await started.data("{ viewer { name } }", person=student) == {"viewer": {"name": "张三"}}


async def test_nobody_elses_password_is_changed_by_a_confined_administrator(production: Product) -> None:
    person = await production.login(ACCOUNT, INITIAL)

    body = {"id": 1, "new_password": "my own"}
    reply = await production.rest("PUT", "/api/v1/user/update/psw", body, person=person)

    assert reply.json() == {"code": 1, "msg": "权限拒绝", "data": None}


async def test_a_password_that_an_administrator_set_is_changed_first(production: Product) -> None:
    first = await signed_in(production, INITIAL)
    await done(production, CHANGE, {"input": {"oldPassword": INITIAL, "newPassword": "my own"}}, person=first)
    student = await production.login(ACCOUNT, "my own")
    body = {"id": student.id, "new_password": "set for you"}
    await production.rest("PUT", "/api/v1/user/update/psw", body, person=await production.administrator())

    person = await production.login(ACCOUNT, "set for you")

    reply = await production.rest("GET", "/api/v1/user/info", person=person)
    assert (reply.status_code, reply.json()) == (403, CONFINED)
    issued = await done(
        production, ISSUE, {"input": {"userId": user_id(student)}}, person=await production.administrator()
    )
    person = await signed_in(production, issued["oneTimePassword"])
    for operation in PRIVATE:
        reply_of_graph = await production.graphql(operation, person=person)
        assert [code for code, _ in top_level(reply_of_graph)] == ["PASSWORD_CHANGE_REQUIRED"], operation
    own = {"input": {"oldPassword": issued["oneTimePassword"], "newPassword": "my own again"}}
    await done(production, CHANGE, own, person=person)
    assert await production.data("{ viewer { name } }", person=person) == {"viewer": {"name": "张三"}}


async def test_a_network_opens_a_bounded_number_of_first_passwords(
    settings: Settings, clock: Clock, product: Product
) -> None:
    accounts = [f"20212100{number:02}" for number in range(15)]
    rows = [{"account": account, "name": "学生"} for account in accounts]
    await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=await product.administrator())
    limited = settings.model_copy(update={"password_change_required": True, "guesses_per_network": 10})
    async with (
        running(create_app(limited, clock), clock, settings.database_url) as started,
        coming_from(started, "203.0.113.7") as stranger,
    ):
        replies = []
        for account in accounts:
            body = {"account": account, "password": account[-6:]}
            replies.append((await stranger.rest("POST", "/api/v1/user/login", body)).json()["code"])

    assert replies == [0] * 10 + [1] * 5


async def test_development_informs_and_blocks_nothing(product: Product) -> None:
    student = await product.student()

    viewer = await product.data("{ viewer { mustChangePassword } }", person=student)

    assert viewer == {"viewer": {"mustChangePassword": True}}

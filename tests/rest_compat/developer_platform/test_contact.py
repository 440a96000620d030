"""Mobile number, e-mail address and password of somebody on the platform."""

import asyncio
import re
from typing import Any

import httpx2
import pytest

from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, Person, Product, running
from tests.support.developers import (
    FIELD_REQUIRED,
    NOT_FOUND,
    PASSWORD,
    UNAUTHENTICATED,
    answer,
    developer,
    failure,
)
from tests.support.outbox import Outbox, other_than

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

BASE = "/api/user/base"
OLD_MOBILE = f"{BASE}/update-mobile/old-mobile-verification-code"
OLD_MOBILE_BY_EMAIL = f"{BASE}/update-mobile/old-email-verification-code"
NEW_MOBILE = f"{BASE}/update-mobile/new-mobile-verification-code"
BIND_EMAIL = f"{BASE}/bind-email/verification-code"
OLD_EMAIL = f"{BASE}/update-email/old-email-verification-code"

MOBILE, EMAIL = "13800200001", "123456@qq.com"
NEW = "13545874587"
WRONG_DATA = failure(500, "数据有误")
TOO_MANY = failure(422, "请求过于频繁，请稍后再试")
DONE = (200, {"status_code": 200, "message": "操作成功", "data": ""})
CONTACTS = "{ viewer { mobile email isEmailConfirmed credentials { kind identifier } } }"
SIGN_IN = """mutation ($identifier: String!, $kind: CredentialKind!, $password: String!) {
  signIn(input: {identifier: $identifier, kind: $kind, password: $password}) { user { databaseId } }
}"""


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


@pytest.fixture
async def person(product: Product, outbox: Outbox) -> Person:
    """A developer with the mobile number MOBILE."""
    registered = await developer(product)
    outbox.take()
    return registered


@pytest.fixture
async def reachable(product: Product, person: Person, outbox: Outbox) -> Person:
    """A developer with the mobile number MOBILE and the e-mail address EMAIL."""
    await bind(product, person)
    outbox.take()
    return person


async def code(product: Product, person: Person, path: str, **query: str) -> str:
    """The code that the reply shows in development."""
    response = await product.rest("GET", path, person=person, query=query)
    assert response.status_code == 200, response.text
    data = response.json()["data"]
    assert data.keys() == {"verification_code"}
    return str(data["verification_code"])


async def bind(product: Product, person: Person, email: str = EMAIL) -> None:
    body = {"email": email, "verification_code": await code(product, person, BIND_EMAIL, email=email)}
    assert answer(await product.rest("POST", f"{BASE}/bind-email", body, person=person)) == DONE


async def change(product: Product, person: Person, what: str, body: dict[str, Any]) -> tuple[int, Any]:
    return answer(await product.rest("PATCH", f"{BASE}/update-{what}", body, person=person))


async def contacts(product: Product, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await product.data(CONTACTS, person=person))["viewer"]
    found["credentials"] = {row["kind"]: row["identifier"] for row in found["credentials"]}
    return found


async def signs_in(product: Product, kind: str, identifier: str, password: str = PASSWORD) -> bool:
    values = {"kind": kind, "identifier": identifier, "password": password}
    return bool((await product.data(SIGN_IN, values))["signIn"]["user"])


async def open_link(product: Product, text: str, method: str = "GET") -> httpx2.Response:
    """Open the link in a message, as a browser does."""
    (link,) = re.findall(r"http://\S+", text)
    path = link.removeprefix("http://127.0.0.1:8070")
    assert path != link
    return await product.http.request(method, path)


@pytest.mark.parametrize(
    ("path", "query", "to"),
    [
        (OLD_MOBILE, {}, MOBILE),
        (OLD_MOBILE_BY_EMAIL, {"email": EMAIL}, EMAIL),
        (NEW_MOBILE, {"mobile": NEW}, NEW),
        (BIND_EMAIL, {"email": "another@qq.com"}, "another@qq.com"),
        (OLD_EMAIL, {"email": EMAIL}, EMAIL),
    ],
)
async def test_a_code_is_sent_and_shown_in_development(
    product: Product, outbox: Outbox, reachable: Person, path: str, query: dict[str, str], to: str
) -> None:
    assert answer(await product.rest("GET", path, query=query)) == UNAUTHENTICATED
    for name in query:
        for sent in ({}, {name: ""}):
            assert answer(await product.rest("GET", path, query=sent, person=reachable)) == FIELD_REQUIRED
        status, reply = answer(await product.rest("GET", path, query={name: "no address"}, person=reachable))
        assert (status, reply["message"].startswith(f"{name}: 不是")) == (422, True)
    assert outbox.take() == []

    shown = await code(product, reachable, path, **query)

    assert re.fullmatch(r"\d{6}", shown)
    assert outbox.code(to) == shown
    again = await product.rest("GET", path, query=query, person=reachable)
    assert answer(again) == failure(422, "请求过于频繁，请稍后再试")
    assert 1 <= int(again.headers["retry-after"]) <= 60
    assert outbox.take() == []


async def test_the_echo_can_be_switched_off(settings: Settings, clock: Clock, outbox: Outbox) -> None:
    async with running(create_app(settings, clock), clock, settings.database_url) as product:
        person = await developer(product)
    outbox.take()
    silent = settings.model_copy(update={"code_echo": False})
    async with running(create_app(silent, clock), clock, settings.database_url) as product:
        assert await code(product, person, OLD_MOBILE) == ""
        sent = outbox.code(MOBILE)
        other = await code(product, person, NEW_MOBILE, mobile=NEW)
        body = {
            "authentication_type": "mobile",
            "old_mobile_verification_code": sent,
            "new_mobile": NEW,
            "new_mobile_verification_code": outbox.code(NEW),
        }
        changed = await change(product, person, "mobile", body)

    assert (other, changed) == ("", DONE)


async def test_codes_go_to_ones_own_old_address_only(product: Product, outbox: Outbox, person: Person) -> None:
    stranger = await developer(product, 2)
    await bind(product, stranger)
    outbox.take()

    for path in (OLD_MOBILE_BY_EMAIL, OLD_EMAIL):
        for email in (EMAIL, "nobody@qq.com"):
            response = await product.rest("GET", path, query={"email": email}, person=person)
            assert answer(response) == NOT_FOUND
    student = await product.data('mutation { signIn(input: {identifier: "8888888888", password: "admin"}) { token } }')
    asked = await product.graphql(
        "mutation { sendContactCode(input: {purpose: CHANGE_MOBILE_BY_MOBILE}) { accepted errors { code } } }",
        person=Person(0, "", student["signIn"]["token"]),
    )
    assert asked["data"]["sendContactCode"] == {"accepted": None, "errors": [{"code": "NOT_FOUND"}]}
    assert outbox.take() == []


async def test_a_bound_address_signs_in(product: Product, person: Person) -> None:
    await bind(product, person, " 123456@QQ.com")

    assert await contacts(product, person) == {
        "mobile": MOBILE,
        "email": EMAIL,
        "isEmailConfirmed": True,
        "credentials": {"USERNAME": "developer1", "MOBILE": MOBILE, "EMAIL": EMAIL},
    }
    assert await signs_in(product, "EMAIL", EMAIL)


async def test_what_cannot_be_bound(product: Product, person: Person) -> None:
    """A code that is wrong, of another purpose, another address or another person; a taken or a second address."""
    path = f"{BASE}/bind-email"
    stranger = await developer(product, 2)
    right = await code(product, person, BIND_EMAIL, email=EMAIL)
    others = [
        other_than(right),
        await code(product, person, NEW_MOBILE, mobile=NEW),
        await code(product, person, BIND_EMAIL, email="other@qq.com"),
        await code(product, stranger, BIND_EMAIL, email="third@qq.com"),
    ]

    for wrong in {*others} - {right}:
        body = {"email": EMAIL, "verification_code": wrong}
        assert answer(await product.rest("POST", path, body, person=person)) == WRONG_DATA
    body = {"email": EMAIL, "verification_code": right}
    assert answer(await product.rest("POST", path, body)) == UNAUTHENTICATED
    assert answer(await product.rest("POST", path, body, person=stranger)) == WRONG_DATA
    for missing in body:
        sent = {name: value for name, value in body.items() if name != missing}
        assert answer(await product.rest("POST", path, sent, person=person)) == FIELD_REQUIRED
    for email in ("no address", "a@b", "a,b@example.com", "a@exam ple.com", "a@-example.com"):
        status, reply = answer(await product.rest("POST", path, {**body, "email": email}, person=person))
        assert (status, reply["message"]) == (422, "email: 不是有效的邮箱地址")
    assert (await contacts(product, person))["email"] is None
    assert answer(await product.rest("POST", path, body, person=person)) == DONE


async def test_a_taken_address_is_not_bound(product: Product, reachable: Person) -> None:
    """That it is taken is told only to somebody who reads it."""
    stranger = await developer(product, 2)
    asked = await product.data(
        """mutation { sendCredentialCode(input: {kind: EMAIL, address: "123456@qq.com"}) { verificationCode } }""",
        person=stranger,
    )
    linked = await product.data(
        """mutation ($code: String!) {
          linkCredential(input: {kind: EMAIL, address: "123456@qq.com", code: $code}) { errors { code path } } }""",
        {"code": asked["sendCredentialCode"]["verificationCode"]},
        person=stranger,
    )

    assert linked["linkCredential"]["errors"] == [{"code": "CREDENTIAL_TAKEN", "path": ["input", "address"]}]
    assert (await contacts(product, stranger))["email"] is None
    assert (await contacts(product, reachable))["email"] == EMAIL


async def test_of_two_who_bind_one_address_at_once_one_gets_it(product: Product, settings: Settings) -> None:
    """Each has a code of their own: the second instance of the server counts its own limits."""
    clock = product.clock
    people = [await developer(product, number) for number in (1, 2)]
    async with running(create_app(settings, clock), clock, settings.database_url) as other:
        bodies = [
            {"email": EMAIL, "verification_code": await code(server, person, BIND_EMAIL, email=EMAIL)}
            for server, person in zip((product, other), people, strict=True)
        ]
        replies = await asyncio.gather(
            *(
                product.rest("POST", f"{BASE}/bind-email", body, person=person)
                for body, person in zip(bodies, people, strict=True)
            )
        )

    assert sorted(reply.status_code for reply in replies) == [200, 422]
    assert failure(422, "email: 已被使用") in [answer(reply) for reply in replies]
    held = [(await contacts(product, person))["email"] for person in people]
    assert sorted(held, key=str) == [EMAIL, None]


async def test_a_second_address_is_changed_not_bound(product: Product, reachable: Person) -> None:
    body = {
        "email": "second@qq.com",
        "verification_code": await code(product, reachable, BIND_EMAIL, email="second@qq.com"),
    }

    response = await product.rest("POST", f"{BASE}/bind-email", body, person=reachable)

    assert answer(response) == failure(422, "email: 您已有邮箱，请使用更换邮箱")
    assert (await contacts(product, reachable))["credentials"]["EMAIL"] == EMAIL


@pytest.mark.parametrize("proof", ["mobile", "email"])
async def test_the_mobile_number_is_changed(product: Product, reachable: Person, proof: str) -> None:
    old = {
        "mobile": await code(product, reachable, OLD_MOBILE),
        "email": await code(product, reachable, OLD_MOBILE_BY_EMAIL, email=EMAIL),
    }
    body = {
        "authentication_type": proof,
        "old_mobile_verification_code": old["mobile"],
        "old_email_verification_code": old["email"],
        "new_mobile": NEW,
        "new_mobile_verification_code": await code(product, reachable, NEW_MOBILE, mobile=NEW),
    }

    assert await change(product, reachable, "mobile", body) == DONE

    assert (await contacts(product, reachable))["credentials"]["MOBILE"] == NEW
    assert await signs_in(product, "MOBILE", NEW)
    assert not await signs_in(product, "MOBILE", MOBILE)
    assert await change(product, reachable, "mobile", body) == WRONG_DATA


@pytest.mark.parametrize("proof", ["mobile", "email"])
async def test_what_does_not_change_the_mobile_number(product: Product, reachable: Person, proof: str) -> None:
    codes = {
        "mobile": await code(product, reachable, OLD_MOBILE),
        "email": await code(product, reachable, OLD_MOBILE_BY_EMAIL, email=EMAIL),
    }
    new = await code(product, reachable, NEW_MOBILE, mobile=NEW)
    right = {
        "authentication_type": proof,
        f"old_{proof}_verification_code": codes[proof],
        "new_mobile": NEW,
        "new_mobile_verification_code": new,
    }
    wrong_old = {f"old_{proof}_verification_code": other_than(codes[proof])}

    assert answer(await product.rest("PATCH", f"{BASE}/update-mobile", right)) == UNAUTHENTICATED
    for missing in right:
        sent = {name: value for name, value in right.items() if name != missing}
        assert await change(product, reachable, "mobile", sent) == FIELD_REQUIRED, missing
        assert await change(product, reachable, "mobile", {**right, missing: " "}) == FIELD_REQUIRED, missing
    for kind in ("wechat", "MOBILE", 1):
        status, reply = await change(product, reachable, "mobile", {**right, "authentication_type": kind})
        assert (status, reply["message"]) == (422, "authentication_type 必须是 mobile、email 之一")
    for number in ("123", "1354587458a", "+861354587458"):
        status, reply = await change(product, reachable, "mobile", {**right, "new_mobile": number})
        assert (status, reply["message"]) == (422, "new_mobile: 不是中国大陆的手机号")
    assert await change(product, reachable, "mobile", {**right, **wrong_old}) == WRONG_DATA
    elsewhere = {**right, "new_mobile": "13545874588"}
    assert await change(product, reachable, "mobile", elsewhere) == WRONG_DATA
    wrong_new = {**right, "new_mobile_verification_code": other_than(new)}
    assert await change(product, reachable, "mobile", wrong_new) == WRONG_DATA

    assert (await contacts(product, reachable))["credentials"]["MOBILE"] == MOBILE
    assert await change(product, reachable, "mobile", right) == DONE


async def test_a_taken_number_is_not_taken_over(product: Product, reachable: Person) -> None:
    await developer(product, 2)
    taken = "13800200002"
    body = {
        "authentication_type": "mobile",
        "old_mobile_verification_code": await code(product, reachable, OLD_MOBILE),
        "new_mobile": taken,
        "new_mobile_verification_code": await code(product, reachable, NEW_MOBILE, mobile=taken),
    }

    assert await change(product, reachable, "mobile", body) == failure(422, "new_mobile: 已被使用")

    assert (await contacts(product, reachable))["credentials"]["MOBILE"] == MOBILE
    assert await signs_in(product, "MOBILE", MOBILE)


async def test_forty_changes_with_the_same_codes_are_one(product: Product, person: Person) -> None:
    body = {
        "authentication_type": "mobile",
        "old_mobile_verification_code": await code(product, person, OLD_MOBILE),
        "new_mobile": NEW,
        "new_mobile_verification_code": await code(product, person, NEW_MOBILE, mobile=NEW),
    }

    replies = await asyncio.gather(*(change(product, person, "mobile", body) for _ in range(40)))

    assert replies.count(DONE) == 1
    # Those that come after it are wrong guesses, and after seven of them none is checked.
    assert replies.count(WRONG_DATA) + replies.count(TOO_MANY) == 39
    assert (await contacts(product, person))["credentials"]["MOBILE"] == NEW


async def asked_to_change_email(product: Product, person: Person, outbox: Outbox, new: str) -> str:
    """The message that the new address gets."""
    body = {
        "old_email_verification_code": await code(product, person, OLD_EMAIL, email=EMAIL),
        "old_email": EMAIL,
        "new_email": new,
    }
    outbox.take()
    assert await change(product, person, "email", body) == DONE
    return outbox.text(new)


async def test_a_new_address_is_a_contact_until_its_link_is_opened(
    product: Product, outbox: Outbox, reachable: Person
) -> None:
    text = await asked_to_change_email(product, reachable, outbox, "111111@qq.com")

    before = await contacts(product, reachable)
    assert (before["email"], before["isEmailConfirmed"], before["credentials"]["EMAIL"]) == (
        "111111@qq.com",
        False,
        EMAIL,
    )
    assert await signs_in(product, "EMAIL", EMAIL)
    assert not await signs_in(product, "EMAIL", "111111@qq.com")
    assert (await open_link(product, text, "HEAD")).status_code == 200
    assert not (await contacts(product, reachable))["isEmailConfirmed"]

    opened = await open_link(product, text)

    assert opened.status_code == 200
    assert opened.headers["content-type"].startswith("text/html")
    assert "邮箱已确认" in opened.text
    after = await contacts(product, reachable)
    assert (after["email"], after["isEmailConfirmed"], after["credentials"]["EMAIL"]) == (
        "111111@qq.com",
        True,
        "111111@qq.com",
    )
    assert await signs_in(product, "EMAIL", "111111@qq.com")
    assert not await signs_in(product, "EMAIL", EMAIL)
    assert (await open_link(product, text)).status_code == 400


async def shown_address(product: Product, person: Person) -> str:
    """What the old API says the address is."""
    return str((await product.rest("GET", BASE, person=person)).json()["data"]["email"])


@pytest.mark.parametrize("hours", [1, 48])
async def test_the_code_that_a_pending_address_gets_confirms_it(
    product: Product, outbox: Outbox, reachable: Person, hours: int
) -> None:
    second, third = "111111@qq.com", "222222@qq.com"
    await asked_to_change_email(product, reachable, outbox, second)
    assert await shown_address(product, reachable) == second
    product.clock.advance(hours=hours)  # the link is good for a day; the code needs none
    login = await product.rest("POST", "/api/login", {"username": "developer1", "password": PASSWORD})
    reachable = Person(reachable.id, "", login.json()["data"]["token_info"]["access_token"])

    proof = await code(product, reachable, OLD_EMAIL, email=second)
    assert proof in outbox.text(second)
    right = {"old_email_verification_code": proof, "old_email": second, "new_email": third}
    wrong = {**right, "old_email_verification_code": other_than(proof)}
    assert await change(product, reachable, "email", wrong) == WRONG_DATA
    assert await change(product, reachable, "email", {**right, "old_email": EMAIL}) == WRONG_DATA
    assert (await contacts(product, reachable))["credentials"]["EMAIL"] == EMAIL
    assert await change(product, reachable, "email", right) == DONE

    after = await contacts(product, reachable)
    assert (after["email"], after["isEmailConfirmed"]) == (third, False)
    assert after["credentials"]["EMAIL"] == second
    assert [await signs_in(product, "EMAIL", address) for address in (EMAIL, second, third)] == [False, True, False]
    assert await change(product, reachable, "email", right) == WRONG_DATA


@pytest.mark.parametrize("proven", [EMAIL, "111111@qq.com"])
async def test_a_mobile_number_is_changed_by_the_pending_address_and_by_the_one_before(
    product: Product, outbox: Outbox, reachable: Person, proven: str
) -> None:
    pending = "111111@qq.com"
    await asked_to_change_email(product, reachable, outbox, pending)
    product.clock.advance(minutes=2)
    codes = {
        address: await code(product, reachable, OLD_MOBILE_BY_EMAIL, email=address) for address in (pending, EMAIL)
    }
    body = {
        "authentication_type": "email",
        "old_email_verification_code": codes[proven],
        "new_mobile": NEW,
        "new_mobile_verification_code": await code(product, reachable, NEW_MOBILE, mobile=NEW),
    }

    assert await change(product, reachable, "mobile", body) == DONE

    after = await contacts(product, reachable)
    is_confirmed = proven == pending
    assert (after["email"], after["isEmailConfirmed"]) == (pending, is_confirmed)
    assert after["credentials"] == after["credentials"] | {"MOBILE": NEW, "EMAIL": proven}


async def test_a_pending_address_that_is_taken_meanwhile_is_not_confirmed(
    product: Product, outbox: Outbox, reachable: Person
) -> None:
    pending = "111111@qq.com"
    await asked_to_change_email(product, reachable, outbox, pending)
    product.clock.advance(minutes=2)
    other = await developer(product, 2)
    assert answer(await product.rest("GET", OLD_EMAIL, person=other, query={"email": pending})) == NOT_FOUND
    proof = await code(product, reachable, OLD_EMAIL, email=pending)
    await bind(product, other, pending)

    body = {"old_email_verification_code": proof, "old_email": pending, "new_email": "222222@qq.com"}
    assert await change(product, reachable, "email", body) == failure(422, "old_email: 已被使用")

    after = await contacts(product, reachable)
    assert (after["email"], after["credentials"]["EMAIL"]) == (pending, EMAIL)
    assert (await contacts(product, other))["credentials"]["EMAIL"] == pending


async def test_of_a_link_and_a_code_at_once_both_confirm_once(
    product: Product, outbox: Outbox, reachable: Person
) -> None:
    pending = "111111@qq.com"
    text = await asked_to_change_email(product, reachable, outbox, pending)
    product.clock.advance(minutes=2)
    proof = await code(product, reachable, OLD_EMAIL, email=pending)
    body = {"old_email_verification_code": proof, "old_email": pending, "new_email": "222222@qq.com"}

    opened, changed = await asyncio.gather(open_link(product, text), change(product, reachable, "email", body))

    assert (opened.status_code in {200, 400}, changed) == (True, DONE)
    after = await contacts(product, reachable)
    assert (after["email"], after["credentials"]["EMAIL"]) == ("222222@qq.com", pending)


async def test_a_link_is_good_for_a_day(product: Product, outbox: Outbox, reachable: Person) -> None:
    text = await asked_to_change_email(product, reachable, outbox, "111111@qq.com")
    product.clock.advance(hours=24)

    opened = await open_link(product, text)

    assert (opened.status_code, "已过期" in opened.text) == (400, True)
    assert await signs_in(product, "EMAIL", EMAIL)
    assert not await signs_in(product, "EMAIL", "111111@qq.com")


async def test_a_link_to_an_address_that_is_taken_meanwhile(
    product: Product, outbox: Outbox, reachable: Person
) -> None:
    text = await asked_to_change_email(product, reachable, outbox, "111111@qq.com")
    stranger = await developer(product, 2)
    await bind(product, stranger, "111111@qq.com")

    opened = await open_link(product, text)

    assert (opened.status_code, "已被其他账号使用" in opened.text) == (400, True)
    found = await contacts(product, reachable)
    assert (found["email"], found["credentials"]["EMAIL"]) == ("111111@qq.com", EMAIL)
    assert (await contacts(product, stranger))["credentials"]["EMAIL"] == "111111@qq.com"


async def test_of_two_who_wait_for_one_address_the_first_link_wins(
    product: Product, outbox: Outbox, reachable: Person, settings: Settings, clock: Clock
) -> None:
    wanted = "111111@qq.com"
    first = await asked_to_change_email(product, reachable, outbox, wanted)
    other = await developer(product, 2)
    await bind(product, other, "second@qq.com")
    async with running(create_app(settings, clock), clock, settings.database_url) as later:
        body = {
            "old_email_verification_code": await code(later, other, OLD_EMAIL, email="second@qq.com"),
            "old_email": "second@qq.com",
            "new_email": wanted,
        }
        outbox.take()
        assert await change(later, other, "email", body) == DONE
    second = outbox.text(wanted)
    assert not await signs_in(product, "EMAIL", wanted)
    reset = "mutation($input: SendCodeInput!) { sendPasswordResetCode(input: $input) { accepted errors { code } } }"
    async with running(create_app(settings, clock), clock, settings.database_url) as later:
        asked = await later.data(reset, {"input": {"kind": "EMAIL", "address": wanted}})
    assert asked["sendPasswordResetCode"] == {"accepted": True, "errors": []}
    assert outbox.take() == []

    assert (await open_link(product, first)).status_code == 200
    refused = await open_link(product, second)

    assert (refused.status_code, "已被其他账号使用" in refused.text) == (400, True)
    assert (await contacts(product, reachable))["credentials"]["EMAIL"] == wanted
    assert (await contacts(product, other))["credentials"]["EMAIL"] == "second@qq.com"
    assert not await signs_in(product, "EMAIL", EMAIL)


async def test_no_other_token_confirms(product: Product, reachable: Person) -> None:
    for token in ("", "x", "%00", "a" * 5000, "%ED%A0%80"):
        response = await product.http.get(f"/confirm-email?token={token}")
        assert (response.status_code, "链接无效" in response.text) == (400, True)
    assert (await product.http.get("/confirm-email")).status_code == 400
    assert (await product.http.post("/confirm-email")).status_code == 404
    assert (await contacts(product, reachable))["isEmailConfirmed"]


async def test_what_does_not_change_the_address(product: Product, outbox: Outbox, reachable: Person) -> None:
    shown = await code(product, reachable, OLD_EMAIL, email=EMAIL)
    right = {"old_email_verification_code": shown, "old_email": EMAIL, "new_email": "111111@qq.com"}
    outbox.take()

    assert answer(await product.rest("PATCH", f"{BASE}/update-email", right)) == UNAUTHENTICATED
    for missing in right:
        sent = {name: value for name, value in right.items() if name != missing}
        assert await change(product, reachable, "email", sent) == FIELD_REQUIRED
        assert await change(product, reachable, "email", {**right, missing: ""}) == FIELD_REQUIRED
    assert await change(product, reachable, "email", {**right, "old_email": "nobody@qq.com"}) == NOT_FOUND
    for field in ("old_email", "new_email"):
        status, reply = await change(product, reachable, "email", {**right, field: "nobody"})
        assert (status, reply["message"]) == (422, f"{field}: 不是有效的邮箱地址")
    same = await change(product, reachable, "email", {**right, "new_email": EMAIL})
    assert same == failure(422, "new_email: 新邮箱不能与原邮箱相同")
    wrong = {**right, "old_email_verification_code": other_than(shown)}
    assert await change(product, reachable, "email", wrong) == WRONG_DATA
    assert (await contacts(product, reachable))["email"] == EMAIL
    assert outbox.take() == []

    assert await change(product, reachable, "email", right) == DONE
    outbox.take()
    assert await change(product, reachable, "email", right) == WRONG_DATA
    assert outbox.take() == []


async def test_a_new_password_ends_the_other_sessions(product: Product, person: Person) -> None:
    login = await product.rest("POST", "/api/login", {"username": "developer1", "password": PASSWORD})
    elsewhere = Person(person.id, "", login.json()["data"]["token_info"]["access_token"])
    body = {"old_password": PASSWORD, "new_password": "123456Aa"}

    assert await change(product, person, "password", body) == DONE

    assert (await product.rest("GET", "/api/me", person=person)).status_code == 200
    assert answer(await product.rest("GET", "/api/me", person=elsewhere)) == UNAUTHENTICATED
    assert not await signs_in(product, "USERNAME", "developer1")
    assert await signs_in(product, "USERNAME", "developer1", "123456Aa")


async def test_what_does_not_change_the_password(product: Product, person: Person) -> None:
    right = {"old_password": PASSWORD, "new_password": "123456Aa"}

    assert answer(await product.rest("PATCH", f"{BASE}/update-password", right)) == UNAUTHENTICATED
    assert await change(product, person, "password", {**right, "old_password": "123456Qq"}) == WRONG_DATA
    for missing in right:
        sent = {name: value for name, value in right.items() if name != missing}
        assert await change(product, person, "password", sent) == FIELD_REQUIRED
        assert await change(product, person, "password", {**right, missing: ""}) == FIELD_REQUIRED
    for new in ("12345", "a" * 73, "12345\0", 123456):
        status, reply = await change(product, person, "password", {**right, "new_password": new})
        assert (status, reply["message"].startswith("new_password")) == (422, True)
    assert await signs_in(product, "USERNAME", "developer1")

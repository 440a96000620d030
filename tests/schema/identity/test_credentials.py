"""Codes that prove an address: for a forgotten password, and for a new way to sign in."""

import re
from typing import Any

import pytest
from sqlalchemy import insert

from models.db import Database
from models.identity import Credential
from models.settings import Settings
from models.statements import table_of
from tests.schema.replies import done, refused, top_level
from tests.support.clients import MORNING, Person, Product
from tests.support.outbox import Outbox, other_than

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

ADDRESS = "zhang.san@example.com"
ASK_RESET = """
mutation ($input: SendCodeInput!) { sendPasswordResetCode(input: $input) { accepted errors { code message path } } }
"""
ASK_LINK = """
mutation ($input: SendCodeInput!) { sendCredentialCode(input: $input) { accepted errors { code message path } } }
"""
RESET = """
mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { reset errors { code message path } } }
"""
LINK = """
mutation ($input: LinkCredentialInput!) {
  linkCredential(input: $input) { user { credentials { kind identifier } } errors { code message path } }
}
"""
SIGN_IN = """
mutation ($input: SignInInput!) { signIn(input: $input) { user { databaseId } errors { code message path } } }
"""


def email(address: str = ADDRESS, **more: Any) -> dict[str, Any]:
    return {"input": {"kind": "EMAIL", "address": address, **more}}


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


@pytest.fixture
async def linked(product: Product, outbox: Outbox) -> Person:
    """A student who signs in with ADDRESS too."""
    student = await product.student()
    await done(product, ASK_LINK, email(), person=student)
    await done(product, LINK, email(code=outbox.code(ADDRESS)), person=student)
    return student


async def can_sign_in(product: Product, person: Person, password: str) -> bool:
    credentials = {"identifier": person.account, "password": password}
    payload = (await product.data(SIGN_IN, {"input": credentials}))["signIn"]
    return bool(payload["user"] == {"databaseId": person.id})


@pytest.mark.parametrize(
    ("kind", "address", "stored"),
    [
        ("EMAIL", " Zhang.San@Example.com ", "zhang.san@example.com"),
        ("EMAIL", "zhang.san＠例子。中国", "zhang.san@xn--fsqu00a.xn--fiqs8s"),
        ("MOBILE", "13800138000", "13800138000"),
        ("MOBILE", "+86 138-0013-8000", "13800138000"),
    ],
)
async def test_an_address_becomes_a_way_to_sign_in(
    product: Product, outbox: Outbox, kind: str, address: str, stored: str
) -> None:
    student = await product.student()
    where = {"kind": kind, "address": address}

    assert await done(product, ASK_LINK, {"input": where}, person=student) == {"accepted": True}
    payload = await done(product, LINK, {"input": {**where, "code": outbox.code(stored)}}, person=student)

    assert payload["user"]["credentials"] == [
        {"kind": "STUDENT_ACCOUNT", "identifier": student.account},
        {"kind": kind, "identifier": stored},
    ]
    for identifier in (address, stored):
        credentials = {"kind": kind, "identifier": identifier, "password": student.account[-6:]}
        assert await done(product, SIGN_IN, {"input": credentials}) == {"user": {"databaseId": student.id}}
    as_account = {"kind": "STUDENT_ACCOUNT", "identifier": stored, "password": student.account[-6:]}
    assert await refused(product, SIGN_IN, {"input": as_account}) == [("WRONG_CREDENTIALS", [])]


async def test_a_code_is_good_for_who_asked_for_it(product: Product, outbox: Outbox) -> None:
    asker, thief = await product.students(2)
    await done(product, ASK_LINK, email(), person=asker)
    code = outbox.code(ADDRESS)

    assert await refused(product, LINK, email(code=code), person=thief) == [("WRONG_CODE", ["input", "code"])]

    viewer = await product.data("{ viewer { credentials { kind } } }", person=thief)
    assert viewer["viewer"]["credentials"] == [{"kind": "STUDENT_ACCOUNT"}]


async def test_an_address_belongs_to_one_person(product: Product, outbox: Outbox, database: Database) -> None:
    """Somebody else proved it between the asking and the proving."""
    slow, fast = await product.students(2)
    await done(product, ASK_LINK, email(), person=slow)
    credentials = table_of(Credential)
    taken = {"user_id": fast.id, "kind": "email", "identifier": ADDRESS, "created_at": MORNING, "updated_at": MORNING}
    async with database.transaction() as transaction:
        await transaction.execute(insert(credentials), taken)

    found = await refused(product, LINK, email(code=outbox.code(ADDRESS)), person=slow)

    assert found == [("CREDENTIAL_TAKEN", ["input", "address"])]
    signed_in = {"kind": "EMAIL", "identifier": ADDRESS, "password": fast.account[-6:]}
    assert await done(product, SIGN_IN, {"input": signed_in}) == {"user": {"databaseId": fast.id}}


async def test_a_forgotten_password_is_set_anew_and_ends_every_session(
    product: Product, outbox: Outbox, linked: Person
) -> None:
    await done(product, ASK_RESET, email())
    code = outbox.code(ADDRESS)

    assert await done(product, RESET, email(code=code, newPassword="new password")) == {"reset": True}

    assert top_level(await product.graphql("{ viewer { id } }", person=linked)) == [("UNAUTHENTICATED", ["viewer"])]
    assert not await can_sign_in(product, linked, linked.account[-6:])
    assert await can_sign_in(product, linked, "new password")
    again = await refused(product, RESET, email(code=code, newPassword="another password"))
    assert again == [("WRONG_CODE", ["input", "code"])]
    assert await can_sign_in(product, linked, "new password")


async def test_whether_an_address_is_known_is_not_told(product: Product, outbox: Outbox, linked: Person) -> None:
    known = await product.data(ASK_RESET, email())
    unknown = await product.data(ASK_RESET, email("nobody@example.com"))

    assert known == unknown == {"sendPasswordResetCode": {"accepted": True, "errors": []}}
    assert [message["to"] for message in outbox.take()] == [ADDRESS]
    for address in (ADDRESS, "nobody@example.com", "never.asked@example.com"):
        found = await refused(product, RESET, email(address, code="not it", newPassword="new password"))
        assert found == [("WRONG_CODE", ["input", "code"])]
    assert await can_sign_in(product, linked, linked.account[-6:])


async def test_guessing_ends_after_five_tries(product: Product, outbox: Outbox, linked: Person) -> None:
    await done(product, ASK_RESET, email())
    code = outbox.code(ADDRESS)

    for _ in range(5):
        found = await refused(product, RESET, email(code=other_than(code), newPassword="new password"))
        assert found == [("WRONG_CODE", ["input", "code"])]

    found = await refused(product, RESET, email(code=code, newPassword="new password"))
    assert found == [("WRONG_CODE", ["input", "code"])]
    assert await can_sign_in(product, linked, linked.account[-6:])


async def test_a_code_expires(product: Product, outbox: Outbox, linked: Person) -> None:
    await done(product, ASK_RESET, email())
    code = outbox.code(ADDRESS)
    product.clock.advance(minutes=5)

    found = await refused(product, RESET, email(code=code, newPassword="new password"))

    assert found == [("WRONG_CODE", ["input", "code"])]
    assert await can_sign_in(product, linked, linked.account[-6:])


async def test_an_unusable_password_does_not_use_up_the_code(product: Product, outbox: Outbox, linked: Person) -> None:
    await done(product, ASK_RESET, email())
    code = outbox.code(ADDRESS)

    found = await refused(product, RESET, email(code=code, newPassword="short"))

    assert found == [("INVALID_INPUT", ["input", "newPassword"])]
    assert await done(product, RESET, email(code=code, newPassword="long enough")) == {"reset": True}
    assert await can_sign_in(product, linked, "long enough")


async def test_a_code_for_one_purpose_is_none_for_the_other(product: Product, outbox: Outbox, linked: Person) -> None:
    await done(product, ASK_RESET, email())
    code = outbox.code(ADDRESS)

    assert await refused(product, LINK, email(code=code), person=linked) == [("WRONG_CODE", ["input", "code"])]
    assert await done(product, RESET, email(code=code, newPassword="new password")) == {"reset": True}


@pytest.mark.parametrize("mutation", [ASK_RESET, ASK_LINK])
async def test_one_code_a_minute_for_a_purpose_and_address(product: Product, outbox: Outbox, mutation: str) -> None:
    student = await product.student()
    await done(product, mutation, email(), person=student)
    outbox.take()

    data = await product.data(mutation, email(), person=student)

    (payload,) = data.values()
    (error,) = payload["errors"]
    assert payload["accepted"] is None
    assert (error["code"], error["path"]) == ("TOO_MANY_REQUESTS", [])
    waiting = re.fullmatch(r"Too many requests; try again in (\d+) seconds\.", error["message"])
    assert waiting is not None
    assert 1 <= int(waiting[1]) <= 60
    assert outbox.take() == []
    await done(product, mutation, email("li.si@example.com"), person=student)


NO_ADDRESSES = (
    ({"kind": "EMAIL", "address": ""}, "address"),
    ({"kind": "EMAIL", "address": "zhang"}, "address"),
    ({"kind": "EMAIL", "address": "a@b"}, "address"),
    ({"kind": "EMAIL", "address": "a@b.com\nBcc: c@d.com"}, "address"),
    ({"kind": "EMAIL", "address": "a@b.com\ncom"}, "address"),
    ({"kind": "EMAIL", "address": "a\0@b.com"}, "address"),
    ({"kind": "EMAIL", "address": "张三@例子.中国"}, "address"),
    ({"kind": "EMAIL", "address": "zhang.san@例..中国"}, "address"),
    ({"kind": "EMAIL", "address": f"{'a' * 64}@{'b' * 200}.com"}, "address"),
    ({"kind": "MOBILE", "address": ADDRESS}, "address"),
    ({"kind": "MOBILE", "address": "1380013800"}, "address"),
    ({"kind": "MOBILE", "address": "１３８００１３８００"}, "address"),
    ({"kind": "STUDENT_ACCOUNT", "address": "8888888888"}, "kind"),
    ({"kind": "WECHAT", "address": "dev:1"}, "kind"),
)


async def test_codes_go_to_addresses_only(product: Product, outbox: Outbox) -> None:
    student = await product.student()

    for where, path in NO_ADDRESSES:
        expected = [("INVALID_INPUT", ["input", path])]
        assert await refused(product, ASK_RESET, {"input": where}) == expected
        assert await refused(product, ASK_LINK, {"input": where}, person=student) == expected
        assert await refused(product, LINK, {"input": {**where, "code": "123456"}}, person=student) == expected
        assert await refused(product, RESET, {"input": {**where, "code": "1", "newPassword": "secret"}}) == expected

    assert outbox.take() == []


async def test_linking_needs_somebody(product: Product, outbox: Outbox) -> None:
    for mutation, variables in ((ASK_LINK, email()), (LINK, email(code="123456"))):
        reply = await product.graphql(mutation, variables)
        assert reply["data"] is None
        assert [code for code, _ in top_level(reply)] == ["UNAUTHENTICATED"]

    assert outbox.take() == []

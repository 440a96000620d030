"""Attaching a user name to an account, proven by its password; a first password is set with it."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from models.db import Database
from models.identity import Credential, User
from models.statements import table_of
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level
from tests.support.clients import Person, Product
from tests.support.developers import developer

LINK = """mutation($input: LinkCredentialInput!) { linkCredential(input: $input) {
  user { username } errors { code message path } } }"""
WECHAT = """mutation($input: WechatInput!) { signInWithWechat(input: $input) {
  token user { databaseId } errors { code } } }"""
SIGN_IN = """mutation($input: SignInInput!) { signIn(input: $input) {
  user { databaseId } errors { code message path } } }"""


def named(username: str, password: str | None) -> dict[str, Any]:
    return {"input": {"kind": "USERNAME", "address": username, "password": password}}


def login(username: str, password: str) -> dict[str, Any]:
    return {"input": {"kind": "USERNAME", "identifier": username, "password": password}}


async def wechat_user(product: Product, name: str = "dev-a") -> Person:
    payload = await done(product, WECHAT, {"input": {"program": "SIGN_CLOUD", "code": name}})
    return Person(payload["user"]["databaseId"], "", payload["token"])


async def state(database: Database) -> list[Any]:
    users, credentials = table_of(User), table_of(Credential)
    hashes = await database.fetch(select(users.c.password_hash).order_by(users.c.id))
    return [*hashes, await database.fetch_value(select(func.count()).select_from(credentials))]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_wechat_user_gets_a_user_name_and_a_first_password(product: Product) -> None:
    person = await wechat_user(product)

    assert await done(product, LINK, named("xiaoming", "a123456."), person=person) == {"user": {"username": "xiaoming"}}

    signed_in = await done(product, SIGN_IN, login("xiaoming", "a123456."))
    assert signed_in["user"]["databaseId"] == person.id
    assert (await product.data("{ viewer { username } }", person=person))["viewer"]["username"] == "xiaoming"


CREDITS = "{ viewer { developer { credits { balance entries { nodes { change message rule } } } } } }"
REGISTERED = {"change": 100, "message": "完成注册获取积分", "rule": "REGISTRATION"}


async def test_whoever_becomes_a_developer_by_it_gets_the_credits_of_registering_once(
    product: Product, database: Database
) -> None:
    person = await wechat_user(product)
    wishes = [named("xiaoming", "a123456."), *[named(f"xiaoming{number}", "a123456.") for number in range(4)]]

    replies = await asyncio.gather(*(product.graphql(LINK, wish, person=person) for wish in wishes))

    assert Counter(len(reply["data"]["linkCredential"]["errors"]) for reply in replies) == {0: 1, 1: 4}
    earned = {"balance": 100, "entries": {"nodes": [REGISTERED]}}
    assert (await product.data(CREDITS, person=person))["viewer"]["developer"]["credits"] == earned
    # Whoever signs in with another one later earned them already.
    credentials = table_of(Credential)
    async with database.transaction() as transaction:
        await transaction.execute(credentials.delete().where(credentials.c.kind == "username"))
    await done(product, LINK, named("daming", "a123456."), person=person)
    assert (await product.data(CREDITS, person=person))["viewer"]["developer"]["credits"] == earned
    # A refusal earns nothing, and who registered has the credits of that alone.
    other, registered = await wechat_user(product, "dev-b"), await developer(product)
    await refused(product, LINK, named("daming", "a123456."), person=other)
    nothing = {"balance": 0, "entries": {"nodes": []}}
    assert (await product.data(CREDITS, person=other))["viewer"]["developer"]["credits"] == nothing
    assert (await product.data(CREDITS, person=registered))["viewer"]["developer"]["credits"] == earned


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_who_has_a_password_proves_it(product: Product, database: Database) -> None:
    student = await product.student()
    before = await state(database)

    wrong = await refused(product, LINK, named("student", "wrong-one"), person=student)

    assert wrong == [("WRONG_PASSWORD", ["input", "password"])]
    assert await state(database) == before
    await done(product, LINK, named("student", student.account[-6:]), person=student)
    signed_in = await done(product, SIGN_IN, login("student", student.account[-6:]))
    assert signed_in["user"]["databaseId"] == student.id


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_user_name_of_somebody_else_is_refused_even_with_its_password(
    product: Product, database: Database
) -> None:
    """Users are not merged."""
    await done(product, LINK, named("taken", "a123456."), person=await wechat_user(product))
    other = await wechat_user(product, "dev-b")
    before = await state(database)

    assert await refused(product, LINK, named("taken", "a123456."), person=other) == [
        ("CREDENTIAL_TAKEN", ["input", "address"])
    ]
    assert await state(database) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize(
    ("username", "password", "path"),
    [
        ("ab", "a123456.", "address"),
        ("13912345678", "a123456.", "address"),
        ("xiaoming", None, "password"),
        ("xiaoming", "12345", "password"),
        ("xiaoming", "密" * 25, "password"),
    ],
)
async def test_what_is_against_the_rules_changes_nothing(
    product: Product, database: Database, username: str, password: str | None, path: str
) -> None:
    person = await wechat_user(product)
    before = await state(database)

    assert await refused(product, LINK, named(username, password), person=person) == [
        ("INVALID_INPUT", ["input", path])
    ]
    assert await state(database) == before


async def test_of_twenty_user_names_at_once_one_is_attached(product: Product) -> None:
    person = await wechat_user(product)

    payloads = await asyncio.gather(
        *(product.data(LINK, named(f"name-{number}", f"password-{number}"), person=person) for number in range(20))
    )

    outcomes = Counter(tuple(e["code"] for e in data["linkCredential"]["errors"]) for data in payloads)
    assert outcomes == {(): 1, ("WRONG_PASSWORD",): 19}
    (name,) = [data["linkCredential"]["user"]["username"] for data in payloads if data["linkCredential"]["user"]]
    number = name.removeprefix("name-")
    assert await done(product, SIGN_IN, login(name, f"password-{number}"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_address_needs_its_code(product: Product) -> None:
    person = await wechat_user(product)
    mobile = {"input": {"kind": "MOBILE", "address": "13912345678", "password": "a123456."}}

    assert await refused(product, LINK, mobile, person=person) == [("INVALID_INPUT", ["input", "code"])]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_others_do_not_read_what_somebody_signs_in_with(product: Product) -> None:
    other = await product.student()
    one = await developer(product)
    staff = {"username": "kaoqin", "password": "a123456.", "confirm_password": "a123456."}
    await product.rest("POST", "/admin/user/register/", staff)
    account = await product.data(SIGN_IN, login("kaoqin", "a123456."))
    ids = [one.id, account["signIn"]["user"]["databaseId"]]

    for user_id, name in zip(ids, ["开发者", "考勤人员"], strict=True):
        node = f'node(id: "{encode("User", user_id)}")'
        assert await product.data(f"{{ {node} {{ ... on User {{ name }} }} }}", person=other) == {
            "node": {"name": name}
        }
        for field in ("account", "username", "mobile", "email", "credentials { identifier }"):
            reply = await product.graphql(f"{{ {node} {{ ... on User {{ {field} }} }} }}", person=other)
            assert [code for code, _ in top_level(reply)] == ["FORBIDDEN"], field

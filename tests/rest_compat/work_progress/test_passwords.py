"""First passwords and changing them."""

from typing import Any

import pytest
from sqlalchemy import text

from models.db import Database
from tests.rest_compat.work_progress.replies import assert_invalid, data, refused, reply, success
from tests.support.clients import Person, Product

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

WRONG_LOGIN = refused(1, "账号或密码错误")
ENDED = refused(17, "token已失效", status=401)


async def change(product: Product, person: Person, **body: Any) -> Any:
    return reply(await product.rest("PUT", "/api/v1/user/update/psw", body, person=person))


async def login(product: Product, account: str, password: str) -> Any:
    return reply(await product.rest("POST", "/api/v1/user/login", {"account": account, "password": password}))


async def info(product: Product, person: Person) -> Any:
    return reply(await product.rest("GET", "/api/v1/user/info", person=person))


async def test_the_first_password_is_the_end_of_the_account_and_hashed_when_first_used(
    product: Product, database: Database
) -> None:
    row = {"account": "2021214285", "name": "lj"}
    await product.rest("POST", "/api/v1/user/import", {"list": [row]}, person=await product.administrator())
    stored = text("SELECT password_hash, must_change_password FROM users WHERE name = 'lj'")
    assert await database.fetch_value(stored) is None

    for wrong in ("", "14285", "2021214285", "021214285", "000000"):
        assert await login(product, "2021214285", wrong) == WRONG_LOGIN
    assert await database.fetch_value(stored) is None
    for _ in range(2):
        assert (await login(product, "2021214285", "214285"))[1]["code"] == 0
    found = await database.fetch_one(stored)
    assert found is not None
    assert found.password_hash.startswith("$2b$")
    assert found.must_change_password


async def test_that_the_first_password_should_be_changed_blocks_nothing(product: Product) -> None:
    student = await product.student()
    assert (await product.data("{viewer{mustChangePassword}}", person=student))["viewer"]["mustChangePassword"]
    assert reply(await product.rest("POST", "/api/v1/clock_in/add", {"location": "ea"}, person=student)) == success()

    assert await change(product, student, old_password=student.account[-6:], new_password="123456") == success()
    shown = await product.data("{viewer{mustChangePassword}}", person=student)
    assert not shown["viewer"]["mustChangePassword"]


@pytest.mark.parametrize("named_as", ["by id", "not at all", 0, "0"])
async def test_changing_ones_own_password(product: Product, named_as: int | str) -> None:
    student = await product.student()
    named = {"by id": {"id": student.id}, "not at all": {}}.get(str(named_as), {"id": named_as})
    body = {**named, "old_password": student.account[-6:], "new_password": "123456"}

    assert await change(product, student, **body) == success()

    assert (await info(product, student))[0] == 200, "the session that changed it goes on"
    assert await login(product, student.account, student.account[-6:]) == WRONG_LOGIN
    assert (await login(product, student.account, "123456"))[1]["code"] == 0


@pytest.mark.parametrize("old", [None, "", "wrong password"])
async def test_a_wrong_old_password(product: Product, old: str | None) -> None:
    for person in (await product.student(), await product.administrator()):
        for named in ({}, {"id": person.id}, {"id": 0}):
            body = {**named, "old_password": old, "new_password": "123456"}
            assert await change(product, person, **body) == refused(-2, "原密码错误")
        assert await login(product, person.account, "123456") == WRONG_LOGIN
        assert (await info(product, person))[0] == 200


async def test_somebody_elses_password_is_for_administrators(product: Product) -> None:
    student, other = await product.students(2)
    body = {"old_password": other.account[-6:], "new_password": "123456"}
    for user_id in (other.id, str(other.id), 2875660435460096):
        assert await change(product, student, id=user_id, **body) == refused(1, "权限拒绝")
    assert (await login(product, other.account, other.account[-6:]))[1]["code"] == 0


async def test_an_administrator_sets_a_password_without_the_old_one(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()

    assert await change(product, administrator, id=str(student.id), new_password="123456") == success()

    assert await info(product, student) == ENDED
    assert (await info(product, administrator))[0] == 200
    assert await login(product, student.account, student.account[-6:]) == WRONG_LOGIN
    again = await product.login(student.account, "123456")
    shown = await product.data("{viewer{mustChangePassword}}", person=again)
    assert shown["viewer"]["mustChangePassword"], "somebody else knows it"


@pytest.mark.parametrize("unknown", [2875660435460096, -1, 2**63 - 1])
async def test_the_password_of_nobody(product: Product, unknown: int) -> None:
    administrator = await product.administrator()
    assert await change(product, administrator, id=unknown, new_password="123456") == refused(-1, "用户不存在")


@pytest.mark.parametrize("password", ["", "12345", "字" * 25, "x" * 73, "1234567\0"])
async def test_a_password_that_cannot_be(product: Product, password: str) -> None:
    student = await product.student()
    old = student.account[-6:]
    body = {"old_password": old, "new_password": password}
    assert_invalid(await product.rest("PUT", "/api/v1/user/update/psw", body, person=student), "new_password")
    assert (await login(product, student.account, old))[1]["code"] == 0


@pytest.mark.parametrize("password", ["123456", "字" * 24, "x" * 72, " spaces ", "пароль🔑"])
async def test_any_password_of_6_characters_to_72_bytes(product: Product, password: str) -> None:
    student = await product.student()
    assert await change(product, student, old_password=student.account[-6:], new_password=password) == success()
    assert (await login(product, student.account, password))[1]["code"] == 0
    assert await login(product, student.account, password + "x") == WRONG_LOGIN
    assert await login(product, student.account, password[:-1]) == WRONG_LOGIN


async def test_a_change_ends_the_users_other_sessions(product: Product) -> None:
    student = await product.student()
    variables = {"account": student.account, "password": student.account[-6:]}
    sign_in = (
        "mutation($account:String!,$password:String!){signIn(input:{identifier:$account,password:$password}){token}}"
    )
    token = (await product.data(sign_in, variables))["signIn"]["token"]
    in_graph = Person(student.id, student.account, token)
    assert (await product.data("{viewer{databaseId}}", person=in_graph))["viewer"]

    assert await change(product, student, old_password=student.account[-6:], new_password="123456") == success()

    ended = await product.graphql("{viewer{databaseId}}", person=in_graph)
    assert ended["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert data(await product.rest("GET", "/api/v1/user/info", person=student))["user"]["id"] == student.id

"""Who is let in: the codes of tokens, one session a user, and the routes of administrators."""

from typing import Any

import jwt
import pytest
from sqlalchemy import text

from models.db import Database
from tests.rest_compat.work_progress.replies import FORBIDDEN, data, refused, reply
from tests.support.clients import Person, Product

SIGN_IN = """
mutation ($account: String!, $password: String!) {
  signIn(input: {identifier: $account, password: $password}) { token errors { code } }
}
"""
SIGNED_IN_ROUTES = [
    ("PUT", "user/update/psw"),
    ("PUT", "user/update/info"),
    ("GET", "user/target"),
    ("GET", "user/info"),
    ("DELETE", "user/dire/del"),
    ("POST", "emgl/add"),
    ("POST", "pggl/add"),
    ("POST", "clock_in/add"),
    ("GET", "clock_in/is_clock_in"),
    ("GET", "clock_in/search"),
    ("POST", "wl/add"),
    ("PUT", "wl/status/add"),
    ("GET", "wl/list"),
    ("POST", "post/add"),
    ("POST", "post/comment/add"),
    ("DELETE", "post/del"),
]
ADMINISTRATORS_ROUTES = [("POST", "user/import"), ("GET", "user/search"), ("GET", "user/export")]
PUBLIC_ROUTES = [("GET", "pgee/cd"), ("GET", "ver"), ("GET", "post/search")]


async def info(product: Product, authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return reply(await product.http.get("/api/v1/user/info", headers=headers))


async def test_every_route_but_the_public_ones_asks_for_a_token(product: Product) -> None:
    for method, path in SIGNED_IN_ROUTES + ADMINISTRATORS_ROUTES:
        answered = reply(await product.rest(method, f"/api/v1/{path}"))
        assert answered == refused(11, "未提供 Authorization 鉴权头", status=401), path
    for method, path in PUBLIC_ROUTES:
        assert (await product.rest(method, f"/api/v1/{path}")).json()["code"] == 0, path


async def test_administrators_routes_are_closed_to_others(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    for method, path in ADMINISTRATORS_ROUTES:
        assert reply(await product.rest(method, f"/api/v1/{path}", person=student)) == FORBIDDEN, path
    for method, path in ADMINISTRATORS_ROUTES[1:]:
        assert (await product.rest(method, f"/api/v1/{path}", person=administrator)).status_code == 200, path


@pytest.mark.parametrize("header", ["", None])
async def test_without_the_header(product: Product, header: str | None) -> None:
    assert await info(product, header) == refused(11, "未提供 Authorization 鉴权头", status=401)


@pytest.mark.parametrize("header", ["{token}", "Bearer", "Bearer {token} more", "Basic {token}", "Bearer{token}"])
async def test_a_header_that_is_not_bearer_and_a_token(product: Product, header: str) -> None:
    student = await product.student()
    assert await info(product, header.format(token=student.token)) == refused(12, "非法token", status=401)


async def test_a_token_that_does_not_verify(product: Product) -> None:
    student = await product.student()
    header, payload, signature = student.token.split(".")
    claims = jwt.decode(student.token, options={"verify_signature": False})
    forged = [
        "abc",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature[::-1]}",
        jwt.encode(claims, "another key, as long as it has to be", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        "x" * 5000,
    ]
    for token in forged:
        assert await info(product, f"Bearer {token}") == refused(13, "非法token", status=401), token[:60]
    assert (await info(product, f"Bearer {student.token}"))[0] == 200


async def test_a_token_of_the_graphs_own_sign_in_is_not_the_recorders(product: Product) -> None:
    student = await product.student()
    variables = {"account": student.account, "password": student.account[-6:]}
    signed = (await product.data(SIGN_IN, variables))["signIn"]

    assert await info(product, f"Bearer {signed['token']}") == refused(13, "非法token", status=401)
    assert (await info(product, f"Bearer {student.token}"))[0] == 200, "the graph's sign-in ends no recorder session"


async def test_a_token_lives_72_hours(product: Product) -> None:
    student = await product.student()
    product.clock.advance(hours=72, seconds=-1)
    assert (await info(product, f"Bearer {student.token}"))[0] == 200
    product.clock.advance(seconds=1)
    assert await info(product, f"Bearer {student.token}") == refused(14, "token已过期", status=401)


async def test_a_token_of_a_deleted_user(product: Product, database: Database) -> None:
    student = await product.student()
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM users WHERE id = :id"), {"id": student.id})
    assert await info(product, f"Bearer {student.token}") == refused(16, "用户不存在", status=401)


async def test_a_new_login_ends_the_older_session(product: Product) -> None:
    student, other = await product.students(2)
    again = await product.login(student.account, student.account[-6:])

    assert await info(product, f"Bearer {student.token}") == refused(17, "token已失效", status=401)
    assert (await info(product, f"Bearer {again.token}"))[0] == 200
    assert (await info(product, f"Bearer {other.token}"))[0] == 200


async def test_a_refused_login_ends_no_session(product: Product) -> None:
    student = await product.student()
    body = {"account": student.account, "password": "wrong password"}
    assert reply(await product.rest("POST", "/api/v1/user/login", body)) == refused(1, "账号或密码错误")
    assert (await info(product, f"Bearer {student.token}"))[0] == 200


async def test_claims_of_a_token(product: Product) -> None:
    student, administrator = await product.student(), await product.administrator()
    for person, permission in ((student, 1), (administrator, 2)):
        claims = jwt.decode(person.token, options={"verify_signature": False})
        assert set(claims) == {"exp", "iat", "sub", "jti", "id", "name", "permission", "session_id"}
        assert (claims["id"], claims["sub"]) == (person.id, str(person.id))
        assert claims["session_id"] == claims["jti"]
        assert claims["permission"] == permission
        assert claims["exp"] - claims["iat"] == 72 * 3600
        assert claims["iat"] == int(product.clock.now.timestamp())


async def test_rights_come_from_the_database_and_not_from_the_token(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    assert data(await product.rest("GET", "/api/v1/user/search", person=administrator))["total"] == 1
    async with database.transaction() as transaction:
        await transaction.execute(text("DELETE FROM user_roles WHERE user_id = :id"), {"id": administrator.id})
    assert reply(await product.rest("GET", "/api/v1/user/search", person=administrator)) == FORBIDDEN


async def test_the_scheme_is_read_in_any_case(product: Product) -> None:
    student: Person = await product.student()
    assert (await info(product, f"bearer {student.token}"))[0] == 200

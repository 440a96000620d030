"""Sessions: which tokens live, and what a caller may do from one request to the next."""

from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from models.db import Database
from models.identity import Role, Session, User, UserRole
from models.statements import table_of
from tests.support.clients import MORNING, Person, Product

ROLES, SESSIONS, USERS = table_of(UserRole), table_of(Session), table_of(User)
SIGN_IN = """
mutation ($account: String!, $password: String!) {
  signIn(input: {identifier: $account, password: $password}) { token user { databaseId } errors { code } }
}
"""
VIEWER = "{ viewer { databaseId } }"
REFRESH = "mutation { refresh { token expiresAt user { databaseId } errors { code message path } } }"
SIGN_OUT = "mutation { signOut { signedOut errors { code message path } } }"
FOREIGN_SESSION = {
    "code": "FOREIGN_SESSION",
    "message": "This token belongs to another API; the graph can neither renew nor end its session.",
    "path": [],
}
ENDED = "The session of this token has ended; sign in again."


async def sign_in(product: Product, account: str, password: str | None = None) -> Person:
    """A session of the graph."""
    variables = {"account": account, "password": password or account[-6:]}
    reply = (await product.data(SIGN_IN, variables))["signIn"]
    assert reply["errors"] == []
    return Person(reply["user"]["databaseId"], account, reply["token"])


async def refusal(product: Product, person: Person) -> str | None:
    """Why the graph does not accept a token; None if it does."""
    reply = await product.graphql(VIEWER, person=person)
    if "errors" not in reply:
        assert reply == {"data": {"viewer": {"databaseId": person.id}}}
        return None
    (error,) = reply["errors"]
    assert reply["data"] == {"viewer": None}
    assert error["extensions"] == {"code": "UNAUTHENTICATED"}
    assert error["path"] == ["viewer"]
    return str(error["message"])


async def at_the_recorder(product: Product, person: Person) -> tuple[int, int]:
    response = await product.rest("GET", "/api/v1/user/info", person=person)
    return response.status_code, response.json()["code"]


def holding(person: Person, token: str) -> Person:
    return Person(person.id, person.account, token)


async def test_a_new_login_at_the_recorder_ends_the_older_one(product: Product) -> None:
    old = await product.student()
    new = await product.login(old.account, old.account[-6:])

    assert await at_the_recorder(product, old) == (401, 17)
    assert await refusal(product, old) == ENDED
    assert await at_the_recorder(product, new) == (200, 0)
    assert await refusal(product, new) is None


async def test_sessions_of_the_graph_stand_side_by_side(product: Product) -> None:
    recorder = await product.student()
    first, second = [await sign_in(product, recorder.account) for _ in range(2)]

    assert first.token != second.token
    assert [await refusal(product, person) for person in (recorder, first, second)] == [None, None, None]
    assert await at_the_recorder(product, recorder) == (200, 0)


async def test_the_recorder_accepts_only_its_own_sessions(product: Product) -> None:
    student = await product.student()
    graph = await sign_in(product, student.account)

    assert await at_the_recorder(product, graph) == (401, 13)


async def test_a_failed_login_ends_nothing(product: Product) -> None:
    student = await product.student()

    reply = await product.rest("POST", "/api/v1/user/login", {"account": student.account, "password": "wrong one"})

    assert reply.json()["code"] == 1
    assert await refusal(product, student) is None


async def test_refresh_replaces_the_token(product: Product) -> None:
    student = await product.student()
    old = await sign_in(product, student.account)
    other = await sign_in(product, student.account)
    product.clock.advance(hours=23)

    reply = (await product.data(REFRESH, person=old))["refresh"]

    new = holding(old, reply["token"])
    assert reply == {
        "token": new.token,
        "expiresAt": "2026-03-04T01:00:00+00:00",
        "user": {"databaseId": student.id},
        "errors": [],
    }
    assert await refusal(product, old) == ENDED
    assert await refusal(product, new) is None
    product.clock.advance(hours=2)
    assert await refusal(product, new) is None
    assert await refusal(product, other) == "The token has expired; sign in again."
    again = await product.graphql(REFRESH, person=old)
    assert [error["extensions"] for error in again["errors"]] == [{"code": "UNAUTHENTICATED"}]


async def test_sign_out_ends_one_session(product: Product) -> None:
    recorder = await product.student()
    first, second = [await sign_in(product, recorder.account) for _ in range(2)]

    reply = await product.data(SIGN_OUT, person=first)

    assert reply["signOut"] == {"signedOut": True, "errors": []}
    assert [await refusal(product, person) for person in (recorder, first, second)] == [None, ENDED, None]


@pytest.mark.parametrize(("mutation", "field"), [(REFRESH, "refresh"), (SIGN_OUT, "signOut")])
async def test_the_graph_leaves_sessions_of_the_recorder_alone(product: Product, mutation: str, field: str) -> None:
    student = await product.student()

    reply = (await product.data(mutation, person=student))[field]

    assert reply.pop("errors") == [FOREIGN_SESSION]
    assert set(reply.values()) == {None}
    assert await at_the_recorder(product, student) == (200, 0)


@pytest.mark.parametrize("mutation", [REFRESH, SIGN_OUT])
async def test_nobody_has_no_session_to_renew_or_end(product: Product, mutation: str) -> None:
    reply = await product.graphql(mutation)

    assert reply["data"] is None
    assert [error["extensions"] for error in reply["errors"]] == [{"code": "UNAUTHENTICATED"}]


async def test_tokens_live_as_long_as_decided(product: Product) -> None:
    recorder = await product.student()
    graph = await sign_in(product, recorder.account)

    product.clock.advance(hours=23, minutes=59, seconds=59)
    assert [await refusal(product, person) for person in (graph, recorder)] == [None, None]
    product.clock.advance(seconds=1)
    assert await refusal(product, graph) == "The token has expired; sign in again."
    assert await at_the_recorder(product, recorder) == (200, 0)
    product.clock.advance(hours=47, minutes=59, seconds=59)
    assert await at_the_recorder(product, recorder) == (200, 0)
    product.clock.advance(seconds=1)
    assert await at_the_recorder(product, recorder) == (401, 14)


async def test_a_role_counts_from_the_next_request_on(product: Product, database: Database) -> None:
    """The token stays the same, and what it says about permissions is trusted by nobody."""
    student = await product.student()
    users = "{ users(first: 1) { nodes { account } } }"
    role = {"user_id": student.id, "role": Role.ADMINISTRATOR, "created_at": MORNING, "updated_at": MORNING}

    async def may() -> bool:
        reply = await product.graphql(users, person=student)
        search = await product.rest("GET", "/api/v1/user/search", person=student)
        if "errors" in reply:
            assert [error["extensions"] for error in reply["errors"]] == [{"code": "FORBIDDEN"}]
            assert reply["data"] == {"users": None}
            assert (search.status_code, search.json()["code"]) == (403, 1)
            return False
        assert reply["data"]["users"]["nodes"] == [{"account": "8888888888"}]
        assert search.json()["code"] == 0
        return True

    assert not await may()
    async with database.transaction() as transaction:
        await transaction.execute(insert(ROLES), role)
    assert await may()
    async with database.transaction() as transaction:
        await transaction.execute(delete(ROLES).where(ROLES.c.user_id == student.id))
    assert not await may()


async def test_a_token_dies_with_its_user(product: Product, database: Database) -> None:
    student = await product.student()
    async with database.transaction() as transaction:
        await transaction.execute(delete(USERS).where(USERS.c.id == student.id))

    assert await refusal(product, student) == "The user of this token does not exist any more."
    assert await at_the_recorder(product, student) == (401, 16)


async def test_a_session_does_not_serve_another_user(product: Product, database: Database) -> None:
    """The token names a user and a session; both must fit."""
    one, other = await product.students(2)
    async with database.transaction() as transaction:
        await transaction.execute(delete(SESSIONS).where(SESSIONS.c.user_id == other.id))
        await transaction.execute(update(SESSIONS).where(SESSIONS.c.user_id == one.id).values(user_id=other.id))

    assert await refusal(product, one) == ENDED


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Bearer", "The Authorization header is not `Bearer <token>`."),
        ("Bearer a b", "The Authorization header is not `Bearer <token>`."),
        ("Basic abc", "The Authorization header is not `Bearer <token>`."),
        ("Bearer abc", "The token is not valid."),
        (f"Bearer {'a' * 10_000}", "The token is not valid."),
        ("", "Sign in first: this needs an Authorization header with a bearer token."),
    ],
)
async def test_a_credential_that_is_not_accepted_is_explained(product: Product, header: str, message: str) -> None:
    headers = {"Authorization": header}
    response = await product.http.post("/graphql", json={"query": VIEWER}, headers=headers)
    public = await product.http.post("/graphql", json={"query": "{ version }"}, headers=headers)

    reply: dict[str, Any] = response.json()
    assert [(error["message"], error["extensions"]["code"]) for error in reply["errors"]] == [
        (message, "UNAUTHENTICATED")
    ]
    assert set(public.json()) == {"data"}


async def test_the_scheme_may_be_spelled_in_small_letters(product: Product) -> None:
    student = await product.student()

    response = await product.http.post(
        "/graphql", json={"query": VIEWER}, headers={"Authorization": f"bearer {student.token}"}
    )

    assert response.json() == {"data": {"viewer": {"databaseId": student.id}}}

"""Sessions in the graph: seen and ended by their owner and by administrators; when somebody was last there."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from auth.activity import RESOLUTION, Activity
from auth.principal import Principal
from models.db import Database
from models.identity import Api
from models.settings import Settings
from resolvers import sweeps
from schema.engine.node_id import encode
from server import create_app
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import MORNING, Clock, Person, Product, running
from tests.support.statements import counted
from tests.support.waiting import until

SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { token errors { code } } }"
SESSIONS = """{ viewer { sessions { totalCount nodes {
  id api isCurrent createdAt lastUsedAt expiresAt browser system } } } }"""
OF_USER = "query($id: ID!) { node(id: $id) { ... on User { sessions { nodes { id api isCurrent } } } } }"
OF_ALL = "{ users(first: 100) { nodes { name sessions { totalCount nodes { api } } } } }"
REVOKE = """mutation($input: RevokeSessionInput!) { revokeSession(input: $input) {
  user { databaseId } errors { code message path } } }"""
REVOKE_ALL = """mutation($input: RevokeSessionsInput!) { revokeSessions(input: $input) {
  user { databaseId } endedCount errors { code message path } } }"""
VIEWER = "{ viewer { databaseId lastActiveAt } }"


async def at_the_graph(product: Product, person: Person) -> Person:
    """The person with a session of the graph besides."""
    values = {"input": {"identifier": person.account, "password": person.account[-6:]}}
    return replace(person, token=(await product.data(SIGN_IN, values))["signIn"]["token"])


async def sessions_of(product: Product, person: Person) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await product.data(SESSIONS, person=person))["viewer"]["sessions"]["nodes"]
    return nodes


async def test_sessions_are_listed_and_ended(product: Product, database: Database) -> None:
    student, other = await product.students(2)
    administrator = await product.administrator()
    product.clock.advance(minutes=5)
    first, second = await at_the_graph(product, student), await at_the_graph(product, student)

    listed = await sessions_of(product, second)
    assert [(node["api"], node["isCurrent"]) for node in listed] == [
        ("GRAPH", True),
        ("GRAPH", False),
        ("WORK_PROGRESS", False),
    ]
    assert [(node["createdAt"], node["lastUsedAt"], node["expiresAt"]) for node in listed[1:]] == [
        ((MORNING + timedelta(minutes=5)).isoformat(), None, (MORNING + timedelta(hours=24, minutes=5)).isoformat()),
        (MORNING.isoformat(), None, (MORNING + timedelta(hours=72)).isoformat()),
    ]
    seen = await product.data(OF_USER, {"id": user_id(student)}, person=administrator)
    assert [node["isCurrent"] for node in seen["node"]["sessions"]["nodes"]] == [False] * 3
    foreign = await product.graphql(OF_USER, {"id": user_id(student)}, person=other)
    assert top_level(foreign) == [("FORBIDDEN", ["node", "sessions"])]
    for _ in range(3):  # an operation that comes again is made by a statement
        with counted() as statements:
            await product.data(OF_ALL, person=administrator)
    assert len(statements) == 2  # the caller; the users with their sessions and the numbers of these

    of_first = {"input": {"sessionId": listed[1]["id"]}}
    for person in (other, administrator):
        gone = {"input": {"sessionId": encode("Session", 999)}}
        assert await refused(product, REVOKE, gone, person=person) == [("NOT_FOUND", ["input", "sessionId"])]
    assert await refused(product, REVOKE, of_first, person=other) == [("NOT_FOUND", ["input", "sessionId"])]
    assert (await done(product, REVOKE, of_first, person=second))["user"] == {"databaseId": student.id}
    assert await refused(product, REVOKE, of_first, person=second) == [("NOT_FOUND", ["input", "sessionId"])]
    assert top_level(await product.graphql(VIEWER, person=first)) == [("UNAUTHENTICATED", ["viewer"])]
    expired = await product.rest("GET", "/api/v1/user/info", person=student)
    assert expired.json()["code"] == 0

    assert await done(product, REVOKE_ALL, {"input": {}}, person=second) == {
        "user": {"databaseId": student.id},
        "endedCount": 1,
    }
    refusal = await product.rest("GET", "/api/v1/user/info", person=student)
    assert (refusal.status_code, refusal.json()) == (401, {"code": 17, "msg": "token已失效", "data": None})
    assert [node["isCurrent"] for node in await sessions_of(product, second)] == [True]
    of_other = {"input": {"userId": user_id(other)}}
    assert top_level(await product.graphql(REVOKE_ALL, of_other, person=second)) == [("FORBIDDEN", ["revokeSessions"])]
    assert (await done(product, REVOKE_ALL, of_other, person=administrator))["endedCount"] == 1
    nobody = {"input": {"userId": encode("User", 999)}}
    assert [code for code, _ in await refused(product, REVOKE_ALL, nobody, person=administrator)] == ["USER_NOT_FOUND"]
    product.clock.advance(hours=24)
    assert top_level(await product.graphql(SESSIONS, person=second)) == [("UNAUTHENTICATED", ["viewer"])]
    rows = await database.fetch(text("SELECT subject_id, details FROM audit_events WHERE action = 'end_sessions'"))
    assert [row.subject_id for row in rows] == [student.id, student.id, other.id]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_session_tells_what_it_was_opened_with(product: Product) -> None:
    student = await product.student()
    opened = {"account": student.account, "password": student.account[-6:]}
    for user_agent, browser, system in (
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0",
            "Chrome 126",
            "Windows 10",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50",
            "WeChat Browser 8",
            "iOS 17",
        ),
        (f"Mozilla/5.0 (Linux; Android {'1' * 300}", "Android " + "1" * 56, "Android " + "1" * 56),
        ("x" * 5000, "", ""),
        ("", "", ""),
    ):
        product.clock.advance(minutes=1)
        headers = {"user-agent": user_agent}
        reply = await product.http.post("/api/v1/user/login", json=opened, headers=headers)
        person = replace(student, token=reply.json()["data"]["token"])
        (session,) = await sessions_of(product, person)
        # The recorder's one session is another one with each sign-in, though it stays the same row.
        seen = session["browser"], session["system"], session["createdAt"], session["lastUsedAt"]
        assert seen == (browser, system, product.clock().isoformat(), None)


async def test_when_somebody_was_last_there_is_noted_now_and_then(
    product: Product, settings: Settings, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = await product.student()
    activity = Activity()
    row = await database.fetch_one(text("SELECT jti, user_id FROM sessions ORDER BY id DESC LIMIT 1"))
    assert row is not None
    principal = Principal(student.id, row.jti, Api.WORK_PROGRESS)

    async def noted() -> list[Any]:
        found = await database.fetch(
            text(
                "SELECT u.last_active_at, s.last_used_at, u.updated_at FROM users u JOIN sessions s ON s.user_id = u.id"
                " WHERE u.id = :of_user"
            ).bindparams(of_user=student.id)
        )
        return [str(value)[:19].replace("T", " ") for value in found[0]]

    for minutes, kept in ((0, 0), (4, 0), (5, 5), (3, 5)):  # a clock may be wrong, and time goes on only
        at = MORNING + timedelta(minutes=minutes)
        activity.note(principal, at)
        activity.note(Principal(), at)
        with counted() as statements:
            await activity.write(database, at)
        assert len(statements) == (3 if minutes in (0, 5) else 0)  # the third asks whether a searched text changed
        seen = f"2026-03-02 02:0{kept}:00"
        assert await noted() == [seen, seen, "2026-03-02 02:00:00"]
    assert timedelta(minutes=5) == RESOLUTION

    monkeypatch.setattr(sweeps, "ACTIVITY_SECONDS", 0.01)
    clock.advance(hours=1)
    async with running(create_app(settings, clock), clock, settings.database_url) as again:

        async def is_seen() -> bool:
            viewer = (await again.data(VIEWER, person=student))["viewer"]
            return bool(viewer["lastActiveAt"] == (MORNING + timedelta(hours=1)).isoformat())

        await until(is_seen)
        (session,) = await sessions_of(again, student)
        assert session["lastUsedAt"] == (MORNING + timedelta(hours=1)).isoformat()

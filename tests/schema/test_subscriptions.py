"""`/graphql` over WebSocket, on real servers: who is told what, and what the protocol refuses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from websockets.exceptions import InvalidStatus

from tests.support.offices import Office, new_office
from tests.support.postgresql import Cluster
from tests.support.processes import Server, running_server
from tests.support.websocket import GraphSocket, graph_socket

SUBSCRIBE = "subscription { notificationReceived { text kind readAt subject { id } } }"
VIEWER = "{ viewer { databaseId } }"
SIGN_OUT = "mutation { signOut { signedOut } }"


async def until_heard(office: Office, *sockets: GraphSocket) -> None:
    """Submit applications until every socket, on which a subscription was started, has heard of one."""
    waiting = [asyncio.create_task(socket.receive()) for socket in sockets]
    while not all(task.done() for task in waiting):
        application = await office.submit()
        await asyncio.wait(waiting, timeout=0.2)
    for socket, task in zip(sockets, waiting, strict=True):
        message = task.result()
        while _subject(message) != application:
            message = await socket.receive()


def _subject(message: dict[str, Any]) -> str:
    assert message["type"] == "next", message
    return str(message["payload"]["data"]["notificationReceived"]["subject"]["id"])


@pytest.fixture
async def office(server: Server) -> Office:
    return await new_office(server.url)


async def test_somebody_is_told_while_it_happens(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        id_ = await socket.start(SUBSCRIBE)
        await until_heard(office, socket)

        application = await office.submit()
        message = await socket.receive()

    notification = message["payload"]["data"]["notificationReceived"]
    assert (message["id"], message["type"]) == (id_, "next")
    assert notification["kind"] == "SIGN_APPLICATION_SUBMITTED"
    assert notification["subject"] == {"id": application}
    assert notification["text"]
    assert notification["readAt"] is None


async def test_nobody_hears_of_somebody_elses(office: Office, server: Server) -> None:
    other = await new_office(server.url)
    async with (
        graph_socket(office.url, office.handler.bearer) as socket,
        graph_socket(office.url, other.handler.bearer) as others,
    ):
        await socket.start(SUBSCRIBE)
        await others.start(SUBSCRIBE)
        await until_heard(office, socket)
        await until_heard(other, others)

        await office.submit()
        application = await other.submit()

        assert _subject(await others.receive()) == application  # and of nothing before


async def test_a_completed_subscription_is_silent(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        first = await socket.start(SUBSCRIBE)
        await until_heard(office, socket)
        await socket.send(id=first, type="complete")
        second = await socket.start(SUBSCRIBE)
        await until_heard(office, socket)

        await office.submit()

        assert (await socket.receive())["id"] == second


async def test_the_end_of_the_session_ends_the_subscription(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        id_ = await socket.start(SUBSCRIBE)
        await until_heard(office, socket)

        await office.handler.run(SIGN_OUT)
        await office.submit()

        message, complete = await socket.receive(), await socket.receive()
        assert [error["extensions"]["code"] for error in message["payload"]["errors"]] == ["UNAUTHENTICATED"]
        assert complete == {"id": id_, "type": "complete"}
        assert await socket.refusal(SUBSCRIBE) == ["UNAUTHENTICATED"]


async def test_every_operation_looks_the_caller_up_again(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        assert (await socket.result(VIEWER))["data"] == {"viewer": {"databaseId": office.handler.id}}
        assert (await socket.result(SIGN_OUT))["data"] == {"signOut": {"signedOut": True}}
        reply = await socket.result(VIEWER)

    assert [error["extensions"]["code"] for error in reply["errors"]] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_the_caller_is_told_by_the_payload(office: Office, name: str) -> None:
    async with graph_socket(office.url, {name: office.handler.bearer["Authorization"]}) as socket:
        assert (await socket.result(VIEWER))["data"] == {"viewer": {"databaseId": office.handler.id}}


async def test_the_caller_may_be_told_by_the_header(office: Office) -> None:
    async with graph_socket(office.url, additional_headers=office.handler.bearer) as socket:
        assert (await socket.result(VIEWER))["data"] == {"viewer": {"databaseId": office.handler.id}}


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": "Bearer dead"}, {"Authorization": 7}])
async def test_nobody_subscribes_without_a_session(server: Server, payload: dict[str, Any] | None) -> None:
    async with graph_socket(server.url, payload) as socket:
        assert await socket.refusal(SUBSCRIBE) == ["UNAUTHENTICATED"]
        assert (await socket.result("{ version }"))["data"]["version"]


async def test_errors_are_masked_and_coded_here_too(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        assert await socket.refusal("{ nothing }") == ["GRAPHQL_VALIDATION_FAILED"]
        assert await socket.refusal("{") == ["GRAPHQL_VALIDATION_FAILED"]
        reply = await socket.result("{ auditEvents { totalCount } }")

    assert [error["extensions"]["code"] for error in reply["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param("{", 4400, id="no JSON"),
        pytest.param("[]", 4400, id="no object"),
        pytest.param("null", 4400, id="null"),
        pytest.param("{}", 4400, id="no type"),
        pytest.param('{"type": []}', 4400, id="type of another type"),
        pytest.param('{"type": "nothing"}', 4400, id="unknown type"),
        pytest.param('{"type": "subscribe", "id": "1"}', 4400, id="no payload"),
        pytest.param('{"type": "subscribe", "id": "1", "payload": null}', 4400, id="null payload"),
        pytest.param('{"type": "subscribe", "id": [], "payload": {"query": "{ version }"}}', 4400, id="id is a list"),
        pytest.param('{"type": "subscribe", "id": "1", "payload": {"query": 7}}', 4400, id="query is a number"),
        pytest.param('{"type": "subscribe", "id": "1", "payload": {}}', 4400, id="no query"),
        pytest.param(
            '{"type": "subscribe", "id": "1", "payload": {"query": "{ version }", "variables": []}}',
            4400,
            id="variables are a list",
        ),
        pytest.param(
            '{"type": "subscribe", "id": "1", "payload": {"query": "{ version }", "operationName": 1}}',
            4400,
            id="the name is a number",
        ),
        pytest.param('{"type": "connection_init"}', 4429, id="twice initialised"),
        pytest.param(b"\x00", 4400, id="bytes"),
    ],
)
async def test_messages_against_the_protocol_close_the_connection(
    server: Server, message: str | bytes, code: int
) -> None:
    async with graph_socket(server.url) as socket:
        await socket.connection.send(message)

        assert await socket.closed() == code


async def test_nothing_runs_before_the_connection_is_initialised(server: Server) -> None:
    async with graph_socket(server.url, init=False) as socket:
        await socket.start(VIEWER)

        assert await socket.closed() == 4401


async def test_a_page_of_another_origin_may_not_connect(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with graph_socket(server.url, origin="https://elsewhere.example"):
            pass

    assert refusal.value.response.status_code == 403


async def test_a_page_of_a_configured_origin_may(tmp_path: Path) -> None:
    origin = "https://explorer.example"
    with running_server(tmp_path / "data", CORS_ORIGINS=origin) as server:
        async with graph_socket(server.url, origin=origin) as socket:
            assert (await socket.result("{ version }"))["data"]["version"]


@pytest.fixture
async def workers(tmp_path: Path, cluster: Cluster, redis_url: str) -> AsyncIterator[Server]:
    """Two workers on PostgreSQL, with Redis between them."""
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute("CREATE DATABASE subscriptions")
    await connection.close()
    settings = {"WORKERS": "2", "DATABASE_URL": cluster.url("subscriptions"), "REDIS_URL": redis_url}
    with running_server(tmp_path / "data", **settings) as server:
        yield server
    connection = await asyncpg.connect(cluster.url("postgres"))
    await connection.execute("DROP DATABASE subscriptions WITH (FORCE)")
    await connection.close()


@pytest.mark.redis
async def test_through_redis_the_listeners_of_every_worker_are_told(workers: Server) -> None:
    office = await new_office(workers.url)
    async with contextlib.AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(graph_socket(office.url, office.handler.bearer)) for _ in range(8)]
        for socket in sockets:
            await socket.start(SUBSCRIBE)
        await until_heard(office, *sockets)

        for _ in range(4):
            application = await office.submit()
            heard = await asyncio.gather(*(socket.receive() for socket in sockets))
            assert [_subject(message) for message in heard] == [application] * 8

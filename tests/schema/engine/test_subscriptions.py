"""`/graphql` over WebSocket, on real servers: who is told what, and what the protocol refuses."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import create_database, drop_database
from tests.support.keys import PRODUCTION_KEY
from tests.support.offices import Office, administrator_of, new_office, run
from tests.support.postgresql import Cluster
from tests.support.processes import Server, running_server
from tests.support.serving import listening
from tests.support.websocket import GraphSocket, graph_socket

SUBSCRIBE = "subscription { notificationReceived { text kind readAt subject { id } } }"
COMMENTS = "subscription { commentAdded { content } }"
CREATE_POST = """mutation { createPost(input: {title: "面经", content: "三轮"}) { post { id } } }"""
COMMENT = """mutation($postId: ID!, $content: String!) {
  createComment(input: {postId: $postId, content: $content}) { errors { code } } }"""
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

        await _is_put_out(socket, id_)


async def _is_put_out(socket: GraphSocket, id_: str) -> None:
    """The subscription ends because the session has, and then the connection."""
    message = await socket.receive()
    assert (message["id"], message["type"]) == (id_, "error"), message
    assert [error["extensions"]["code"] for error in message["payload"]] == ["UNAUTHENTICATED"]
    assert await socket.closed() == 4403


async def test_who_signs_out_is_told_so_before_the_connection_ends(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        assert (await socket.result(VIEWER))["data"] == {"viewer": {"databaseId": office.handler.id}}
        assert (await socket.result(SIGN_OUT))["data"] == {"signOut": {"signedOut": True}}
        assert await socket.closed() == 4403


@pytest.mark.parametrize("name", ["Authorization", "authorization"])
async def test_the_caller_is_told_by_the_payload(office: Office, name: str) -> None:
    async with graph_socket(office.url, {name: office.handler.bearer["Authorization"]}) as socket:
        assert (await socket.result(VIEWER))["data"] == {"viewer": {"databaseId": office.handler.id}}


async def test_the_caller_may_be_told_by_the_header(office: Office) -> None:
    async with graph_socket(office.url, additional_headers=office.handler.bearer) as socket:
        assert (await socket.result(VIEWER))["data"] == {"viewer": {"databaseId": office.handler.id}}


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": ""}, {"Authorization": None}])
async def test_nobody_subscribes_without_a_session(server: Server, payload: dict[str, Any] | None) -> None:
    async with graph_socket(server.url, payload) as socket:
        assert await socket.refusal(SUBSCRIBE) == ["UNAUTHENTICATED"]
        assert (await socket.result("{ version }"))["data"]["version"]


async def test_who_may_not_see_the_objects_of_a_subscription_is_refused(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        assert await socket.refusal("subscription { clockInAdded { id } }") == ["FORBIDDEN"]


async def test_errors_are_masked_and_coded_here_too(office: Office) -> None:
    async with graph_socket(office.url, office.handler.bearer) as socket:
        assert await socket.refusal("{ nothing }") == ["GRAPHQL_VALIDATION_FAILED"]
        assert await socket.refusal("{") == ["GRAPHQL_PARSE_FAILED"]
        reply = await socket.result("{ auditEvents { totalCount } }")

    assert [error["extensions"]["code"] for error in reply["errors"]] == ["FORBIDDEN"]


@pytest.fixture
async def workers(tmp_path: Path, cluster: Cluster, redis_url: str) -> AsyncIterator[Server]:
    """Two workers on PostgreSQL, with Redis between them."""
    name = await create_database(cluster)
    settings = {"WORKERS": "2", "DATABASE_URL": cluster.url(name), "REDIS_URL": redis_url}
    with running_server(tmp_path / "data", **settings) as server:
        yield server
    await drop_database(cluster, name)


@pytest.mark.redis
async def test_through_redis_the_listeners_of_every_worker_are_told(workers: Server) -> None:
    office = await new_office(workers.url)
    async with contextlib.AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(graph_socket(office.url, office.handler.bearer)) for _ in range(8)]
        ids = [await socket.start(SUBSCRIBE) for socket in sockets]
        await until_heard(office, *sockets)

        for _ in range(4):
            application = await office.submit()
            heard = await asyncio.gather(*(socket.receive() for socket in sockets))
            assert [_subject(message) for message in heard] == [application] * 8

        await office.handler.run(SIGN_OUT)
        await asyncio.gather(*(_is_put_out(socket, id_) for socket, id_ in zip(sockets, ids, strict=True)))


@pytest.mark.redis
async def test_through_redis_another_server_is_told(tmp_path: Path, redis_url: str) -> None:
    """Of two that share nothing but the key, the database and Redis."""
    shared = {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shared.db'}",
        "REDIS_URL": redis_url,
        "SECRET_KEY": PRODUCTION_KEY,
    }
    with running_server(tmp_path / "one", **shared) as one, running_server(tmp_path / "other", **shared) as other:
        administrator = await administrator_of(one.url)
        post = (await administrator.run(CREATE_POST))["createPost"]["post"]["id"]
        for listener, speaker in ((one, other), (other, one)):
            async with graph_socket(listener.url, administrator.bearer) as socket:
                await socket.start(COMMENTS)
                await listening(listener.url, "commentAdded")

                await run(speaker.url, COMMENT, administrator.bearer, postId=post, content=speaker.url)

                told = (await socket.receive())["payload"]
            assert told == {"data": {"commentAdded": {"content": speaker.url}}}

"""The protocol graphql-transport-ws, on a real server: who is let in, and what closes the connection."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.support.keys import PRODUCTION_KEY
from tests.support.offices import newcomer
from tests.support.processes import Server, running_server
from tests.support.websocket import PROTOCOL, GraphSocket, graph_socket

VIEWER = "{ viewer { databaseId } }"
SUBSCRIBE = "subscription { commentAdded { id } }"
SIGN_OUT = "mutation { signOut { signedOut } }"

EXPLORER = "https://explorer.example"


def subscribe(**payload: Any) -> str:
    return json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "{ version }", **payload}})


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
        pytest.param('{"type": "subscribe", "id": "", "payload": {"query": "{ version }"}}', 4400, id="id is empty"),
        pytest.param('{"type": "subscribe", "payload": {"query": "{ version }"}}', 4400, id="no id"),
        pytest.param('{"type": "subscribe", "id": "1", "payload": {}}', 4400, id="no query"),
        pytest.param(subscribe(query=7), 4400, id="query is a number"),
        pytest.param(subscribe(variables=[]), 4400, id="variables are a list"),
        pytest.param(subscribe(operationName=1), 4400, id="the name is a number"),
        pytest.param(subscribe(extensions="x"), 4400, id="extensions are text"),
        pytest.param('{"type": "complete"}', 4400, id="complete without id"),
        pytest.param('{"type": "complete", "id": {}}', 4400, id="complete with an object for an id"),
        pytest.param('{"type": "ping", "payload": 1}', 4400, id="ping with a number"),
        pytest.param('{"type": "next", "id": "1", "payload": {}}', 4400, id="what only servers send"),
        pytest.param('{"type": "' + "长" * 1000 + '"}', 4400, id="type of 3000 bytes"),
        pytest.param("[" * 100_000, 4400, id="deep"),
        pytest.param('{"type": "ping", "payload": {"a": "\\ud800"}}', 4400, id="lone surrogate"),
        pytest.param('{"type": "ping", "payload": {"a": NaN}}', 4400, id="NaN"),
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


@pytest.mark.parametrize("message", ["[]", '{"type": "subscribe"}', '{"type": "connection_init", "payload": []}'])
async def test_before_the_connection_is_initialised_too(server: Server, message: str) -> None:
    async with graph_socket(server.url, init=False) as socket:
        await socket.connection.send(message)

        assert await socket.closed() == 4400


async def test_an_id_that_is_in_use_closes_the_connection(server: Server) -> None:
    id_ = "长" * 1000
    async with graph_socket(server.url) as socket:
        for _ in range(2):
            await socket.send(id=id_, type="subscribe", payload={"query": SUBSCRIBE})

        assert await socket.closed() == 4409


async def test_an_id_may_be_used_again_afterwards(server: Server) -> None:
    async with graph_socket(server.url) as socket:
        for query in (SUBSCRIBE, VIEWER):
            await socket.send(id="same", type="complete")
            await socket.send(id="same", type="subscribe", payload={"query": query})

        assert (await socket.receive())["type"] == "next"
        assert await socket.receive() == {"id": "same", "type": "complete"}


async def test_what_is_wrong_with_an_operation_ends_that_operation_alone(server: Server) -> None:
    async with graph_socket(server.url) as socket:
        await socket.start(SUBSCRIBE)
        for query, name, code in (
            ("{", None, "GRAPHQL_PARSE_FAILED"),
            ("", None, "GRAPHQL_PARSE_FAILED"),
            ("{ nothing }", None, "GRAPHQL_VALIDATION_FAILED"),
            ("query A { version }", "B", "OPERATION_RESOLUTION_FAILURE"),
            ("query A { version } query B { version }", None, "OPERATION_RESOLUTION_FAILURE"),
            ("fragment F on Query { version }", None, "OPERATION_RESOLUTION_FAILURE"),
            ("{ version }" + " " * 100_000, None, "OPERATION_TOO_LARGE"),
            ("subscription { a: commentAdded { id } b: commentAdded { id } }", None, "GRAPHQL_VALIDATION_FAILED"),
        ):
            await socket.send(id="wrong", type="subscribe", payload={"query": query, "operationName": name})
            message = await socket.receive()
            assert (message["id"], message["type"]) == ("wrong", "error"), message
            assert {error["extensions"]["code"] for error in message["payload"]} == {code}

        assert (await socket.result("{ version }"))["data"]["version"]


async def test_a_ping_is_answered_even_before_the_connection_is_initialised(server: Server) -> None:
    async with graph_socket(server.url, init=False) as socket:
        await socket.send(type="ping")
        assert await socket.receive() == {"type": "pong"}
        await socket.send(type="pong", payload={"unasked": True})
        await socket.send(type="ping", payload={"any": "thing"})
        assert await socket.receive() == {"type": "pong"}
        await socket.send(type="connection_init", payload=None)
        assert await socket.receive() == {"type": "connection_ack"}


async def test_the_path_may_end_with_a_slash(server: Server) -> None:
    address = f"{server.url.replace('http', 'ws', 1)}/graphql/"
    async with connect(address, subprotocols=[PROTOCOL]) as connection:
        socket = GraphSocket(connection)
        await socket.send(type="connection_init")
        assert await socket.receive() == {"type": "connection_ack"}
        assert (await socket.result("{ version }"))["data"]["version"]


@pytest.mark.parametrize("protocols", [["graphql-ws"], ["nonsense"], None])
async def test_no_other_protocol_is_spoken(server: Server, protocols: list[str] | None) -> None:
    address = f"{server.url.replace('http', 'ws', 1)}/graphql"
    offered = [Subprotocol(name) for name in protocols or []] or None
    async with connect(address, subprotocols=offered) as connection:
        assert await GraphSocket(connection).closed() == 4406


@pytest.mark.parametrize("authorization", ["Bearer dead", "dead", "Basic ZGVhZA==", "Bearer", "Bearer a b"])
async def test_who_has_a_token_that_is_not_accepted_is_not_let_in(server: Server, authorization: str) -> None:
    async with graph_socket(server.url, init=False) as socket:
        await socket.send(type="connection_init", payload={"Authorization": authorization})

        assert await socket.closed() == 4403


async def test_a_session_that_has_ended_lets_nobody_in(server: Server) -> None:
    person = await newcomer(server.url)
    await person.run(SIGN_OUT)
    async with graph_socket(server.url, init=False, additional_headers=person.bearer) as socket:
        await socket.send(type="connection_init")

        assert await socket.closed() == 4403
    assert socket.connection.close_reason == "The session of this token has ended; sign in again."


async def test_nothing_runs_before_the_connection_is_initialised(server: Server) -> None:
    async with graph_socket(server.url, init=False) as socket:
        await socket.start(VIEWER)

        assert await socket.closed() == 4401


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of production, which pages of one origin and those of no address may call."""
    extra = {"ENVIRONMENT": "production", "SECRET_KEY": PRODUCTION_KEY, "CORS_ORIGINS": f"{EXPLORER}/, null"}
    with running_server(tmp_path_factory.mktemp("production") / "data", **extra) as started:
        yield started


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "http://127.0.0.1.elsewhere.example", "https://", "http://explorer.example"]
)
async def test_a_page_of_another_origin_may_not_connect(production: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with graph_socket(production.url, origin=origin):
            pass

    assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("origin", [EXPLORER, "null", "file://"])
async def test_a_page_of_a_configured_origin_may(production: Server, origin: str) -> None:
    async with graph_socket(production.url, origin=origin) as socket:
        assert (await socket.result("{ version }"))["data"]["version"]


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
async def test_in_development_a_page_of_any_origin_may(server: Server, origin: str) -> None:
    async with graph_socket(server.url, origin=origin) as socket:
        assert (await socket.result("{ version }"))["data"]["version"]


async def test_a_page_of_the_server_may_connect(server: Server) -> None:
    async with graph_socket(server.url, origin=server.url) as socket:
        assert (await socket.result("{ version }"))["data"]["version"]

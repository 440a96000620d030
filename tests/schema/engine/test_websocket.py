"""Operations over a WebSocket: each is as fresh as one over HTTP."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError
from websockets.typing import Subprotocol

from tests.support.over_http import client_of, signed_in
from tests.support.processes import Server

CREATE = """
mutation ($title: String!) {
  createPost(input: {title: $title, content: "文"}) { post { title } errors { code } }
}
"""
TITLES = "{ viewer { posts(first: 100) { nodes { title } } } }"


class Socket:
    """A connection that speaks graphql-transport-ws."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._used = 0

    async def send(self, query: str, **variables: Any) -> str:
        """Begin an operation; its id."""
        self._used += 1
        payload = {"query": query, "variables": variables}
        message = {"id": str(self._used), "type": "subscribe", "payload": payload}
        await self._connection.send(json.dumps(message))
        return str(self._used)

    async def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self._connection.recv())
        return message

    async def ask(self, query: str, **variables: Any) -> Any:
        """The result of an operation, or the errors with which it was refused."""
        await self.send(query, **variables)
        message = await self.receive()
        if message["type"] == "next":
            assert (await self.receive())["type"] == "complete"
        return message["payload"]


@asynccontextmanager
async def socket_of(server: Server, token: str) -> AsyncIterator[Socket]:
    async with connect(
        f"{server.url.replace('http', 'ws', 1)}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        additional_headers={"Authorization": f"Bearer {token}"},
    ) as connection:
        await connection.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await connection.recv())["type"] == "connection_ack"
        yield Socket(connection)


def token_of(server: Server) -> str:
    with client_of(server) as client:
        return signed_in(client, *server.administrator)


async def test_errors_are_those_of_http(server: Server) -> None:
    query = '{ node(id: "nonsense") { id } posts(first: 101) { totalCount } }'
    with client_of(server) as client:
        expected = client.post("/graphql", json={"query": query}).json()
    async with socket_of(server, token_of(server)) as socket:
        found = await socket.ask(query)
        unknown = await socket.ask("{ nonsense }")

    assert {error["extensions"]["code"] for error in expected["errors"]} == {"INVALID_INPUT"}
    assert found["data"] == expected["data"]
    assert found["errors"] == expected["errors"]
    assert [error["extensions"] for error in unknown] == [{"code": "GRAPHQL_VALIDATION_FAILED"}]


async def test_a_session_that_ends_ends_here_too(server: Server) -> None:
    token = token_of(server)
    viewer = "{ viewer { account } }"
    async with socket_of(server, token) as socket:
        before = await socket.ask(viewer)
        async with httpx2.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as client:
            await client.post("/graphql", json={"query": "mutation { signOut { signedOut } }"})
        with pytest.raises(ConnectionClosedError) as closed:
            await socket.receive()

    assert before == {"data": {"viewer": {"account": "8888888888"}}}
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_what_changed_elsewhere_is_seen(server: Server) -> None:
    token = token_of(server)
    async with socket_of(server, token) as socket, socket_of(server, token) as other:
        for title in ("先看", "再看"):
            before = await socket.ask(TITLES)
            await other.ask(CREATE, title=title)
            after = await socket.ask(TITLES)

            titles = [node["title"] for node in before["data"]["viewer"]["posts"]["nodes"]]
            assert [node["title"] for node in after["data"]["viewer"]["posts"]["nodes"]] == [title, *titles]


async def test_mutations_at_once_do_not_share_a_transaction(server: Server) -> None:
    """Every other one is refused, and takes nothing of its neighbours with it."""
    async with socket_of(server, token_of(server)) as socket:
        sent = {await socket.send(CREATE, title=f"同时{number}" if number % 2 else ""): number for number in range(20)}
        results: dict[int, Any] = {}
        completed = 0
        while completed < len(sent):
            message = await socket.receive()
            if message["type"] == "complete":
                completed += 1
            else:
                results[sent[message["id"]]] = message["payload"]
        kept = await socket.ask(TITLES)

    accepted = [number for number, result in results.items() if result["data"]["createPost"]["errors"] == []]
    assert sorted(accepted) == list(range(1, 20, 2))
    titles = [node["title"] for node in kept["data"]["viewer"]["posts"]["nodes"]]
    assert sorted(title for title in titles if title.startswith("同时")) == sorted(f"同时{n}" for n in accepted)

"""What a WebSocket may ask for, on real servers; and that a client that does not read makes nothing grow."""

import socket as sockets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from resolvers.events import MAX_WAITING
from tests.support.offices import Caller, administrator_of
from tests.support.processes import Server, running_server
from tests.support.serving import listening, metric
from tests.support.waiting import until
from tests.support.websocket import GraphSocket, graph_socket

SUBSCRIBE = "subscription { commentAdded { id } }"
LARGE = "subscription { commentAdded { content a: content b: content c: content } }"
CREATE_POST = """mutation { createPost(input: {title: "长帖", content: "文"}) { post { id } } }"""
COMMENT = "mutation($input: CreateCommentInput!) { createComment(input: $input) { errors { code } } }"
LIMITS = {
    "WEBSOCKET_OPERATIONS": "2",
    "WEBSOCKET_MESSAGES": "20",
    "WEBSOCKET_MESSAGE_BYTES": "1024",
    "WEBSOCKET_INIT_SECONDS": "0.2",
}


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with low limits."""
    with running_server(tmp_path_factory.mktemp("limited") / "data", **LIMITS) as server:
        yield server


async def test_who_says_nothing_is_closed(limited: Server) -> None:
    async with graph_socket(limited.url, init=False) as socket:
        assert await socket.closed() == 4408


async def test_one_operation_too_many_is_refused_alone(limited: Server) -> None:
    async with graph_socket(limited.url) as socket:
        first = await socket.start(SUBSCRIBE)
        await socket.start(SUBSCRIBE)

        assert await socket.refusal(SUBSCRIBE) == ["LIMIT_REACHED"]
        await socket.send(id=first, type="complete")
        assert (await socket.result("{ version }"))["data"]["version"]


async def test_one_message_too_many_closes_the_connection(limited: Server) -> None:
    async with graph_socket(limited.url) as socket:
        for _ in range(20):
            await socket.send(type="ping")

        for _ in range(19):
            assert await socket.receive() == {"type": "pong"}
        assert await socket.closed() == 4429


async def test_a_message_that_is_too_long_closes_the_connection(limited: Server) -> None:
    async with graph_socket(limited.url) as socket:
        await socket.send(type="ping", payload={"text": "x" * 2000})

        assert await socket.closed() == 1009


class Post:
    """What the administrator comments on, at length."""

    def __init__(self, administrator: Caller, id_: str) -> None:
        self._administrator = administrator
        self._id = id_
        self.comments = 0

    async def comment(self) -> None:
        """Add a comment that begins with its number."""
        content = f"{self.comments:03}{'文' * 19_000}"
        await self._administrator.run(COMMENT, input={"postId": self._id, "content": content})
        self.comments += 1


async def new_post(server: Server) -> Post:
    administrator = await administrator_of(server.url)
    return Post(administrator, (await administrator.run(CREATE_POST))["createPost"]["post"]["id"])


@asynccontextmanager
async def lazy_socket(server: Server, post: Post) -> AsyncIterator[GraphSocket]:
    """A socket that was told of one comment, which its system has little room for, and reads no more."""
    host, port = server.url.removeprefix("http://").split(":")
    with sockets.socket() as client:
        client.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 32 * 1024)
        client.connect((host, int(port)))
        client.setblocking(False)
        options: dict[str, Any] = {"sock": client, "compression": None, "max_size": None, "ping_interval": None}
        async with graph_socket(server.url, **options) as socket:
            await socket.start(LARGE)
            await listening(server.url, "commentAdded")
            await post.comment()
            assert number_of(await socket.receive()) == 0
            socket.connection.transport.pause_reading()
            yield socket
            socket.connection.transport.resume_reading()


def number_of(message: dict[str, Any]) -> int:
    assert message["type"] == "next", message
    return int(message["payload"]["data"]["commentAdded"]["content"][:3])


async def test_who_does_not_read_is_cut_off(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", WEBSOCKET_SEND_SECONDS="0.5") as server:
        post = await new_post(server)
        async with lazy_socket(server, post) as socket:
            assert await metric(server.url, "graphql_websockets") == 1

            async def is_cut_off() -> bool:
                await post.comment()
                return await metric(server.url, "graphql_websockets") == 0

            await until(is_cut_off, seconds=60)
            socket.connection.transport.resume_reading()

            assert await socket.closed() == 1006  # no farewell: nobody read
    assert "websocket_cut_off" in (tmp_path / "data" / "server.log").read_text()


async def test_who_reads_again_has_lost_the_oldest(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", WEBSOCKET_SEND_SECONDS="600") as server:
        post = await new_post(server)
        async with lazy_socket(server, post) as socket:
            for _ in range(MAX_WAITING + 80):
                await post.comment()
            last = post.comments - 1

            socket.connection.transport.resume_reading()
            heard = [number_of(await socket.receive())]
            while heard[-1] != last:
                heard.append(number_of(await socket.receive()))

    assert heard == sorted(set(heard))
    assert heard[0] == 1
    assert heard[-MAX_WAITING:] == list(range(last - MAX_WAITING + 1, last + 1))
    assert len(heard) < last

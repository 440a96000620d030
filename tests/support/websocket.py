"""A client of the graph over WebSocket, by graphql-transport-ws."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 30
"""Seconds until a message that does not come fails the test."""


class GraphSocket:
    """A connection whose messages the test reads in the order they come."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self._ids = map(str, itertools.count(1))

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next message, which is text."""
        async with asyncio.timeout(PATIENCE):
            text = await self.connection.recv()
        assert isinstance(text, str)
        message: dict[str, Any] = json.loads(text)
        return message

    async def start(self, query: str, **variables: Any) -> str:
        """Start an operation; its id."""
        id_ = next(self._ids)
        await self.send(id=id_, type="subscribe", payload={"query": query, "variables": variables})
        return id_

    async def result(self, query: str, **variables: Any) -> dict[str, Any]:
        """The payload of an operation that has one result, while no other runs."""
        id_ = await self.start(query, **variables)
        message, complete = await self.receive(), await self.receive()
        assert (message["id"], message["type"]) == (id_, "next"), message
        assert complete == {"id": id_, "type": "complete"}
        payload: dict[str, Any] = message["payload"]
        return payload

    async def refusal(self, query: str, **variables: Any) -> list[str]:
        """The codes of an operation that does not begin."""
        id_ = await self.start(query, **variables)
        message = await self.receive()
        assert (message["id"], message["type"]) == (id_, "error"), message
        return [error["extensions"]["code"] for error in message["payload"]]

    async def closed(self) -> int:
        """The code with which the server closes the connection."""
        async with asyncio.timeout(PATIENCE):
            await self.connection.wait_closed()
        assert self.connection.close_code is not None
        return self.connection.close_code


@asynccontextmanager
async def graph_socket(
    url: str, payload: dict[str, Any] | None = None, *, init: bool = True, **options: Any
) -> AsyncIterator[GraphSocket]:
    """A connection to the server, initialised with this payload."""
    address = f"{url.replace('http', 'ws', 1)}/graphql"
    async with connect(address, subprotocols=[PROTOCOL], **options) as connection:
        socket = GraphSocket(connection)
        if init:
            await socket.send(type="connection_init", **({"payload": payload} if payload is not None else {}))
            assert await socket.receive() == {"type": "connection_ack"}
        yield socket

"""The application of the tests, answering on a port from this process, so that tests keep their hands on its clock;
and what a server says of its WebSockets."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import uvicorn

from schema.engine.http.transport import BoundedHttp
from schema.engine.websocket.transport import BoundedWebSocket
from tests.support.clients import Product
from tests.support.waiting import until


@asynccontextmanager
async def served(product: Product) -> AsyncIterator[str]:
    """The URL that the product answers at while the block runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        product.app, lifespan="off", http=BoundedHttp, ws=BoundedWebSocket, log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def listening(url: str, field: str, count: int = 1) -> None:
    """Come back once so many subscriptions to the field listen: clients are not told when theirs begins to."""

    async def as_many() -> bool:
        return await metric(url, f'graphql_subscriptions{{field="{field}"}}') == count

    await until(as_many)


async def metric(url: str, name: str) -> float | None:
    """What a server process counts; None before the first time."""
    async with httpx2.AsyncClient() as http:
        lines = (await http.get(f"{url}/metrics")).text.splitlines()
    return next((float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"{name} ")), None)

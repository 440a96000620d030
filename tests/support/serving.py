"""The application of the tests, answering on a port from this process, so that tests keep their hands on its clock."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from schema.websocket.transport import BoundedWebSocket
from tests.support.clients import Product
from tests.support.waiting import until


@asynccontextmanager
async def served(product: Product) -> AsyncIterator[str]:
    """The URL that the product answers at while the block runs."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(product.app, lifespan="off", ws=BoundedWebSocket, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


async def listening(product: Product, field: str, count: int = 1) -> None:
    """Come back once so many subscriptions to the field listen; there is nothing else to know it by."""

    async def as_many() -> bool:
        metrics = (await product.http.get("/metrics")).text
        return f'graphql_subscriptions{{field="{field}"}} {count}.0\n' in metrics

    await until(as_many)

"""Clients of the application under test that come from other addresses than its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
from prometheus_client import REGISTRY

from tests.support.clients import Product


@asynccontextmanager
async def coming_from(product: Product, address: str) -> AsyncIterator[Product]:
    """The product as somebody at this address reaches it."""
    transport = httpx2.ASGITransport(app=product.app, client=(address, 50_000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://careergraph.test") as http:
        yield replace(product, http=http)


def passwords_checked() -> int:
    """How many passwords this process has compared with a hash."""
    return int(REGISTRY.get_sample_value("passwords_checked_total") or 0)

"""Waiting for what happens in the background."""

import asyncio
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], Awaitable[bool]], *, seconds: float = 30) -> None:
    """Come back once the condition holds; TimeoutError if it does not in time."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - nothing tells of what is waited for
            await asyncio.sleep(0.02)

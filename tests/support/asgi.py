"""Speaks to an application as a server does, message by message."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.types import Message, Receive, Scope, Send


async def replied(
    app: Callable[[Scope, Receive, Send], Awaitable[None]], scope: dict[str, Any], messages: Iterable[Message]
) -> list[Message]:
    """What the application sends to who opened a connection with this scope and sends these messages."""
    coming = iter(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent

"""Subscriptions: one decorator, and the events that their resolvers wait for."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from auth.policies import Policy
from schema.context import Context
from schema.fields import GraphField


def subscription(description: str, *, policy: Policy) -> Callable[[Callable[..., Any]], Any]:
    """A subscription field. Its resolver yields the objects that the client is told of."""

    def decorate(resolver: Callable[..., Any]) -> Any:
        field = GraphField(description=description, is_subscription=True)(resolver)
        field.policy = policy
        return field

    return decorate


async def events(context: Context, topic: str) -> AsyncGenerator[int, None]:
    """The numbers of the events of a topic, each in a renewed context, while the caller's session lives.

    Raises Unauthenticated at the first event after the session has ended.
    """
    async with context.scope.services.events.listening(topic) as numbers:
        async for number in numbers:
            await context.renew()
            yield number

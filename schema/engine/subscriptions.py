"""Subscriptions: one decorator, which tells clients of the objects that the events of a topic name."""

import asyncio
import functools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

from prometheus_client import Gauge
from strawberry.annotation import StrawberryAnnotation

from auth.policies import Policy
from resolvers.loaders import Batch
from schema.engine.context import Context
from schema.engine.fields import GraphField, from_row
from schema.engine.ids import decoding

SUBSCRIPTIONS = Gauge("graphql_subscriptions", "Subscriptions that run.", ["field"])


def subscription(
    description: str, *, policy: Policy, of: type, by_id: Batch
) -> Callable[[Callable[..., Awaitable[str]]], Any]:
    """A subscription field. Its resolver says the topic to listen to, or refuses.

    The events of the topic name rows of `by_id`, which become objects of the type `of`. For each event the
    caller is looked up again and the policy asked again, and `by_id` applies their scope: what they may not
    see by then is left out. So it is once in a while without any event. Whatever is raised ends the
    subscription: `context.ended_by` has it.
    """

    def decorate(resolver: Callable[..., Awaitable[str]]) -> Any:
        topic_of = decoding(resolver)

        @functools.wraps(resolver)
        async def run(self: Any, info: Any, **arguments: Any) -> AsyncGenerator[Any, None]:
            context: Context = info.context
            running = SUBSCRIPTIONS.labels(info.field_name).track_inprogress()
            try:
                topic = await topic_of(self, info, **arguments)
                async with context.scope.services.events.listening(topic) as numbers:
                    with running:
                        while True:
                            number = await _next(numbers, context.renewal_seconds)
                            await context.renew()
                            policy.check(context.scope.principal)
                            row = None if number is None else await context.load(by_id, number)
                            if row is not None:
                                yield from_row(of, row)
            except Exception as error:
                context.ended_by = error

        field = GraphField(description=description, is_subscription=True, type_annotation=StrawberryAnnotation(of))(run)
        field.policy = policy
        return field

    return decorate


async def _next(numbers: AsyncIterator[int], seconds: float | None) -> int | None:
    """The next number, or None when there is none for so long."""
    try:
        async with asyncio.timeout(seconds):
            return await anext(numbers)
    except TimeoutError:
        return None

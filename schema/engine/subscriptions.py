"""Subscriptions: one decorator that delivers the objects of a topic's events to clients."""

import asyncio
import functools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any

from prometheus_client import Counter, Gauge
from strawberry.annotation import StrawberryAnnotation

from auth.policies import Policy
from auth.sessions import topic_of_ends
from resolvers.events import ALARM
from resolvers.loaders import Batch
from schema.engine.context import Context
from schema.engine.fields import GraphField, from_row
from schema.engine.ids import decoding

SUBSCRIPTIONS = Gauge("graphql_subscriptions", "Subscriptions that run.", ["field"], multiprocess_mode="livesum")
EVENTS = Counter("graphql_subscription_events_total", "Events that were sent to subscribers.", ["field"])


def subscription(
    description: str, *, policy: Policy, of: type, by_id: Batch
) -> Callable[[Callable[..., Awaitable[str]]], Any]:
    """A subscription field. Its resolver returns the topic to listen to, or raises.

    The events of the topic are ids of rows of `by_id`, which become objects of the type `of`. For each event the
    session and the policy are checked again, and `by_id` applies the caller's scope: objects that they may not see
    are left out. The session is also checked when it may have ended, and periodically when no events arrive. An
    exception ends the subscription: `context.ended_by` has it.
    """

    def decorate(resolver: Callable[..., Awaitable[str]]) -> Any:
        topic_of = decoding(resolver)

        @functools.wraps(resolver)
        async def run(self: Any, info: Any, **arguments: Any) -> AsyncGenerator[Any, None]:
            context: Context = info.context
            running = SUBSCRIPTIONS.labels(info.field_name).track_inprogress()
            try:
                topic = await topic_of(self, info, **arguments)
                user_id = context.scope.principal.user_id
                alarm = "" if user_id is None else topic_of_ends(user_id)
                async with context.scope.services.events.listening(topic, alarm=alarm) as numbers:
                    with running:
                        while True:
                            number = await _next(numbers, context.renewal_seconds)
                            await context.renew()
                            policy.check(context.scope.principal)
                            row = None if number is None else await context.load(by_id, number)
                            if row is not None:
                                EVENTS.labels(info.field_name).inc()
                                yield from_row(of, row)
            except Exception as error:
                context.ended_by = error

        field = GraphField(description=description, is_subscription=True, type_annotation=StrawberryAnnotation(of))(run)
        field.policy = policy
        return field

    return decorate


async def _next(numbers: AsyncIterator[int], seconds: float | None) -> int | None:
    """The next number, or None for an alarm and when there is none for so long."""
    try:
        async with asyncio.timeout(seconds):
            number = await anext(numbers)
            return None if number == ALARM else number
    except TimeoutError:
        return None

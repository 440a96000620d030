"""Events: who hears what, in one process and through Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from redis import Redis
from structlog.testing import capture_logs

from resolvers.events import MAX_WAITING, Events
from tests.support.postgresql import free_port

ALICE, BOB = "notifications:1", "notifications:2"


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def worker(stack: AsyncExitStack, redis_url: str = "") -> Events:
    """The events of one worker, which runs as long as the test."""
    events = Events(redis_url)
    stack.push_async_callback(events.close)
    await stack.enter_async_context(events.receiving())
    return events


async def heard(numbers: AsyncIterator[int], count: int) -> list[int]:
    """The next numbers; the test fails if they do not come."""
    async with asyncio.timeout(20):
        return [await anext(numbers) for _ in range(count)]


async def test_listeners_hear_their_topic_in_order(stack: AsyncExitStack) -> None:
    events = await worker(stack)
    async with events.listening(ALICE) as first, events.listening(ALICE) as second, events.listening(BOB) as other:
        for number in (1, 2):
            await events.publish(ALICE, number)
        await events.publish(BOB, 3)

        assert await heard(first, 2) == await heard(second, 2) == [1, 2]
        assert await heard(other, 1) == [3]


async def test_nobody_hears_what_was_before(stack: AsyncExitStack) -> None:
    events = await worker(stack)
    await events.publish(ALICE, 1)
    async with events.listening(ALICE) as numbers:
        await events.publish(ALICE, 2)

        assert await heard(numbers, 1) == [2]


async def test_who_is_slow_loses_the_oldest(stack: AsyncExitStack) -> None:
    events = await worker(stack)
    async with events.listening(ALICE) as slow:
        for number in range(MAX_WAITING + 5):
            await events.publish(ALICE, number)

        assert await heard(slow, MAX_WAITING) == list(range(5, MAX_WAITING + 5))


async def test_who_has_gone_is_forgotten(stack: AsyncExitStack) -> None:
    events = await worker(stack)
    async with events.listening(ALICE):
        assert events._listeners

    assert not events._listeners


@pytest.mark.redis
async def test_through_redis_every_worker_hears(stack: AsyncExitStack, redis_url: str) -> None:
    first, second = await worker(stack, redis_url), await worker(stack, redis_url)
    async with first.listening(ALICE) as here, second.listening(ALICE) as there:
        await first.publish(ALICE, 1)
        await second.publish(ALICE, 2)

        assert await heard(here, 2) == await heard(there, 2) == [1, 2]


@pytest.mark.redis
async def test_a_lost_connection_is_made_again(stack: AsyncExitStack, redis_url: str) -> None:
    events = await worker(stack, redis_url)
    async with events.listening(ALICE) as numbers:
        with Redis.from_url(redis_url) as client:
            client.client_kill_filter(_type="pubsub")
            # What is published before the new subscription is lost, so it is published until it is heard.
            hearing = asyncio.create_task(heard(numbers, 1))
            while not hearing.done():
                await asyncio.to_thread(client.publish, events.channel, f"{ALICE} 1")
                await asyncio.wait([hearing], timeout=0.1)

        assert hearing.result() == [1]


@pytest.mark.redis
@pytest.mark.parametrize("nonsense", [b"", b"\xff\xfe", b"notifications:1", b"notifications:1 -1", b"a " + b"9" * 5000])
async def test_what_is_no_event_is_passed_over(stack: AsyncExitStack, redis_url: str, nonsense: bytes) -> None:
    events = await worker(stack, redis_url)
    async with events.listening(ALICE) as numbers:
        with Redis.from_url(redis_url) as client:
            client.publish(events.channel, nonsense)
        await events.publish(ALICE, 1)

        assert await heard(numbers, 1) == [1]


@pytest.mark.redis
async def test_the_databases_of_one_redis_do_not_hear_each_other(stack: AsyncExitStack, redis_url: str) -> None:
    one, other = await worker(stack, f"{redis_url}/1"), await worker(stack, f"{redis_url}/2")
    async with one.listening(ALICE) as here, other.listening(ALICE) as there:
        await one.publish(ALICE, 1)
        await other.publish(ALICE, 2)
        await one.publish(ALICE, 3)

        assert await heard(here, 2) == [1, 3]
        assert await heard(there, 1) == [2]


async def test_without_redis_a_worker_hears_itself(stack: AsyncExitStack) -> None:
    with capture_logs() as logs:
        events = await worker(stack, f"redis://127.0.0.1:{free_port()}")
        async with events.listening(ALICE) as numbers:
            await events.publish(ALICE, 1)

            assert await heard(numbers, 1) == [1]
    assert [(entry["event"], entry["use"]) for entry in logs] == [("redis_unavailable", "events")]

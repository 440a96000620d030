"""Moving windows in memory: what counts, for how long, and how much is kept."""

import asyncio
import threading

from limits import parse
from limits.aio.strategies import MovingWindowRateLimiter

from auth.window_memory import WindowMemory


class Seconds:
    """A clock that is set by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_a_window_moves_on_with_its_oldest_hit() -> None:
    clock = Seconds()
    memory, item = WindowMemory(clock=clock), parse("2/60second")
    limiter = MovingWindowRateLimiter(memory)
    assert await limiter.hit(item, "a")
    clock.now += 40
    assert await limiter.hit(item, "a")
    assert not await limiter.hit(item, "a")
    assert await limiter.test(item, "b")
    assert await memory.get_moving_window(item.key_for("a"), 2, 60) == (1_000_000.0, 2)

    clock.now += 20.5
    assert await limiter.hit(item, "a")
    assert not await limiter.hit(item, "a")
    assert await memory.get_moving_window(item.key_for("a"), 2, 60) == (1_000_040.0, 2)

    await limiter.clear(item, "a")
    assert await memory.get_moving_window(item.key_for("a"), 2, 60) == (clock.now, 0)


async def test_what_counts_no_more_is_forgotten_and_so_is_what_is_beyond_the_bound() -> None:
    clock = Seconds()
    memory, item = WindowMemory(max_keys=3, clock=clock), parse("1/60second")
    limiter = MovingWindowRateLimiter(memory)
    for key in ("a", "b", "c", "d"):
        assert await limiter.hit(item, key)
    assert [await limiter.test(item, key) for key in ("a", "b", "c", "d")] == [True, False, False, False]

    clock.now += 61
    assert await limiter.hit(item, "e")
    assert await memory.reset() == 1


async def test_a_hit_starts_no_thread_however_many_keys_there_are() -> None:
    limiter, item = MovingWindowRateLimiter(WindowMemory()), parse("5/hour")
    before = threading.active_count()

    for number in range(2000):
        assert await limiter.hit(item, str(number % 1000))
        await asyncio.sleep(0)  # what a hit leaves to do begins

    assert threading.active_count() == before

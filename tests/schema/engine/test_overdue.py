"""A limit of time whose timer starts only where something is awaited."""

import asyncio

import pytest

from schema.engine.overdue import OverdueError, within

ENOUGH, TOO_LITTLE = 3600, 1e-9


async def test_what_waits_for_nothing_is_never_late() -> None:
    async def work() -> int:
        return 7

    assert await within(TOO_LITTLE, work()) == 7


async def test_what_waits_in_time_goes_on_as_if_it_had_been_awaited() -> None:
    loop, context_is_kept = asyncio.get_running_loop(), []

    async def work() -> list[str]:
        found, task = [], asyncio.current_task()
        await asyncio.sleep(0)
        future = loop.create_future()
        loop.call_soon(future.set_result, "future")
        found.append(await future)
        failing = loop.create_future()
        loop.call_soon(failing.set_exception, ValueError("failed"))
        try:
            await failing
        except ValueError as error:
            found.append(str(error))
        context_is_kept.append(asyncio.current_task() is task)
        return found

    for limit in (ENOUGH, None):
        assert await within(limit, work()) == ["future", "failed"]
    assert context_is_kept == [True, True]


async def test_what_takes_too_long_is_ended() -> None:
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("it")

    with pytest.raises(OverdueError):
        await within(TOO_LITTLE, work())
    assert ended == ["it"]

    task = asyncio.ensure_future(within(ENOUGH, work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["it", "it"]


async def test_a_timeout_of_its_own_is_an_error_like_any_other() -> None:
    async def work(*, waits: bool) -> None:
        if waits:
            await asyncio.sleep(0)
        raise TimeoutError("its own")

    for waits in (False, True):
        with pytest.raises(TimeoutError, match="its own"):
            await within(ENOUGH, work(waits=waits))

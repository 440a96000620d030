"""Long work is done in slices: others have their turn between them."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from schema.engine.pacing import SLICE, breathe, has_many, in_slices, on_thread


class Others:
    """Something else that runs in the loop, and counts its turns."""

    turns = 0

    async def run(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)


@asynccontextmanager
async def others() -> AsyncIterator[Others]:
    running = Others()
    task = asyncio.create_task(running.run())
    await asyncio.sleep(0)
    yield running
    task.cancel()


def work(units: int, *, log: list[str] | None = None, name: str = "") -> int:
    for unit in range(units):
        if log is not None and unit % SLICE == 0:
            log.append(name)
        breathe()
    return units


async def test_others_have_a_turn_after_each_slice() -> None:
    async with others() as running:
        before = running.turns
        assert await in_slices(work, 10 * SLICE) == 10 * SLICE

        assert running.turns - before >= 10


async def test_little_work_does_not_wait() -> None:
    async with others() as running:
        before = running.turns
        assert await in_slices(work, SLICE - 1) == SLICE - 1

        assert running.turns == before


async def test_outside_of_slices_nothing_pauses() -> None:
    assert work(3 * SLICE) == 3 * SLICE


async def test_of_several_one_has_a_turn_in_each_round() -> None:
    log: list[str] = []

    await asyncio.gather(*(in_slices(work, 3 * SLICE, log=log, name=name) for name in "abc"))

    assert log == list("abcabcabc")


async def test_who_gives_up_waiting_ends_the_work() -> None:
    ended: list[str] = []

    def endless() -> None:
        try:
            while True:
                breathe()
        finally:
            ended.append("here")

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await in_slices(endless)
    assert ended == ["here"]


async def test_what_is_raised_arrives() -> None:
    def failing() -> None:
        work(2 * SLICE)
        raise LookupError("lost")

    with pytest.raises(LookupError, match="lost"):
        await in_slices(failing)


async def test_what_cannot_pause_runs_on_a_thread() -> None:
    assert await on_thread(threading.current_thread) is not threading.current_thread()


@pytest.mark.parametrize(
    ("value", "count", "expected"),
    [
        (None, 1, False),
        ({}, 1, False),
        ({"a": [1, 2]}, 3, True),
        ({"a": [1, 2]}, 4, False),
        ([[]] * 1000, 1000, True),
        ("a long text", 1, False),
    ],
)
def test_the_values_of_variables_are_counted(value: object, count: int, *, expected: bool) -> None:
    assert has_many(value, count) is expected

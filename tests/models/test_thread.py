"""The thread that writes of SQLite run on."""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from models.db.sqlite.thread import Thread


@pytest.fixture
def thread() -> Iterator[Thread]:
    thread = Thread("tested")
    yield thread
    thread.stop()


def divide() -> float:
    return 1 / 0


async def test_functions_run_one_after_the_other_elsewhere(thread: Thread) -> None:
    done: list[int] = []

    def note(number: int) -> str:
        done.append(number)
        return threading.current_thread().name

    names = await asyncio.gather(*(thread.run(partial(note, number)) for number in range(100)))

    assert done == list(range(100))
    assert set(names) == {"tested"}


async def test_an_error_is_raised_where_the_function_was_handed_in(thread: Thread) -> None:
    with pytest.raises(ZeroDivisionError):
        await thread.run(divide)

    assert await thread.run(lambda: "still here") == "still here"


async def test_what_nobody_waits_for_any_more_runs_all_the_same(thread: Thread) -> None:
    begin, done = threading.Event(), threading.Event()
    first = thread.run(begin.wait)
    abandoned: list[asyncio.Future[Any]] = [thread.run(done.set), thread.run(divide)]
    for future in abandoned:
        future.cancel()
    begin.set()

    assert await first
    assert await thread.run(done.is_set)
    assert all(future.cancelled() for future in abandoned)


async def test_stopping_waits_for_what_was_begun_and_the_next_function_starts_again(thread: Thread) -> None:
    done: list[str] = []
    first = thread.run(lambda: done.append("first"))
    thread.stop()
    assert done == ["first"]
    await first

    await thread.run(lambda: done.append("second"))

    assert done == ["first", "second"]


def test_it_outlives_an_event_loop_that_was_closed(thread: Thread) -> None:
    begin = threading.Event()

    async def leave() -> None:
        thread.run(begin.wait)

    asyncio.run(leave())
    begin.set()

    async def come_back() -> str:
        return await thread.run(lambda: "still here")

    assert asyncio.run(come_back()) == "still here"

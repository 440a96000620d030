"""A limit of time for what mostly waits for nothing: a timer starts only where something is really awaited."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar, cast

T = TypeVar("T")


class OverdueError(Exception):
    """It took longer than it may."""


async def within(seconds: float | None, work: Coroutine[Any, Any, T]) -> T:
    """What the coroutine returns; raises OverdueError, and ends it, once it takes longer than so many seconds."""
    if seconds is None:
        return await work
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + seconds
    try:
        awaited = work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    timeout = asyncio.timeout_at(ends_at)
    try:
        async with timeout:
            return cast("T", await _Begun(work, awaited))
    except TimeoutError as error:
        if timeout.expired():
            raise OverdueError from error
        raise


class _Begun:
    """A coroutine that has begun to wait for something: goes on as if it had been awaited from its beginning."""

    def __init__(self, work: Coroutine[Any, Any, Any], awaited: Any) -> None:
        self._work, self._awaited = work, awaited

    def __await__(self) -> Generator[Any, Any, Any]:
        work, awaited = self._work, self._awaited
        try:
            while True:
                try:
                    sent = yield awaited
                except GeneratorExit:
                    work.close()
                    raise
                except BaseException as error:
                    awaited = work.throw(error)
                else:
                    awaited = work.send(sent)
        except StopIteration as done:
            return done.value

"""Long work in slices: whoever runs it pauses now and then, and everything else in the process has its turn.

Work is counted, not timed: a unit takes some ten microseconds. Functions that do much call `breathe` and need not be
coroutines: they run in a greenlet, as SQLAlchemy's do.
"""

import asyncio
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast
from weakref import WeakKeyDictionary

from greenlet import getcurrent, greenlet

SLICE = 500
"""The units between two pauses: some five milliseconds."""

P = ParamSpec("P")
T = TypeVar("T")


class _Turns:
    """Of several that work at length, one gets a turn in each round of the event loop."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_giving = False

    async def next(self) -> None:
        """Return when it is the caller's turn: others that are ready ran before."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        if not self._is_giving:
            self._is_giving = True
            loop.call_soon(self._give, loop)
        await turn

    def _give(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                break
        self._is_giving = bool(self._waiting)
        if self._is_giving:
            loop.call_soon(self._give, loop)


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


class _Work(greenlet):
    """Runs a function that pauses."""

    left = SLICE


def breathe(units: int = 1) -> None:
    """So much work is done: pause if it was enough for a slice. Outside of `in_slices` this does nothing."""
    work = getcurrent()
    if isinstance(work, _Work):
        work.left -= units
        if work.left <= 0:
            work.left = SLICE
            cast("greenlet", work.parent).switch()


async def in_slices(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the function returns. Between its slices others run; one who gives up waiting ends it where it pauses."""
    work = _Work(function)
    work.gr_context = getcurrent().gr_context
    result: Any = work.switch(*args, **kwargs)
    while not work.dead:
        try:
            loop = asyncio.get_running_loop()
            await _turns.setdefault(loop, _Turns()).next()
        except BaseException:
            work.throw(*sys.exc_info())
            raise
        result = work.switch()
    return result  # type: ignore[no-any-return]


_thread = ThreadPoolExecutor(1, "long-work")


async def on_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the function returns, which cannot pause: it runs on a thread, of several one after the other."""
    return await asyncio.get_running_loop().run_in_executor(_thread, partial(function, *args, **kwargs))


def has_many(value: object, count: int) -> bool:
    """Whether a value in JSON is made of more than so many."""
    waiting: list[Any] = [value]
    count -= 1
    while waiting:
        each = waiting.pop()
        below = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        count -= len(below)
        if count < 0:
            return True
        waiting.extend(below)
    return False

"""A single-worker FIFO thread, with about half the overhead of an executor."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")
_Task = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Thread:
    """Runs functions in FIFO order. The thread starts with the first of them."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def run(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """A future of the function's result. The function runs to its end even if nobody waits for it."""
        if self._thread is None:
            # A daemon: a process that ends without `stop` must not wait for it.
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._tasks.put((work, result))
        return result

    def stop(self) -> None:
        """Wait until all queued functions have run. The next function starts another thread."""
        if self._thread is not None:
            self._tasks.put(None)
            self._thread.join()
            self._thread = None

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            _do(*task)
            del task  # what it refers to is let go of now, not with the next


def _do(work: Callable[[], Any], result: "asyncio.Future[Any]") -> None:
    value, error = None, None
    try:
        value = work()
    except BaseException as raised:
        error = raised
    with suppress(RuntimeError):  # the loop was closed meanwhile
        result.get_loop().call_soon_threadsafe(_tell, result, value, error)
    del error  # which refers to this frame


def _tell(result: "asyncio.Future[Any]", value: Any, error: BaseException | None) -> None:
    if result.done():
        return  # who waited was cancelled
    if error is None:
        result.set_result(value)
    else:
        result.set_exception(error)

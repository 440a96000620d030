"""Loads rows by key for an operation: each key once, and concurrent keys together."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

LoadAll = Callable[[list[Any]], Awaitable[Sequence[Any]]]


class Loader:
    """What one batch function finds for the keys of one operation.

    Whoever has one key awaits `load`; whoever has all keys of a level awaits `load_all`, which is one call
    of the batch function. Both remember what was found. An exception among the results is that key's failure.
    """

    def __init__(self, load: LoadAll) -> None:
        self._load = load
        self._found: dict[Any, Any] = {}
        self._awaited: dict[Any, list[asyncio.Future[None]]] = {}
        self._next: list[Any] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self, key: Any, *, alone: bool = False) -> Any:
        """What is found for the key, without waiting for other keys if it is `alone`. Raises its failure."""
        if key not in self._found:
            await (self.load_all([key]) if alone else self._arrival(key))
        value = self._found[key]
        if isinstance(value, BaseException):
            raise value
        return value

    async def load_all(self, keys: Iterable[Any]) -> Mapping[Any, Any]:
        """What is found for each of the distinct keys, and perhaps for others; failures are among the values."""
        found = self._found
        missing = [key for key in keys if key not in found] if found else list(keys)
        if missing:
            try:
                values = await self._load(missing)
                found.update(zip(missing, values, strict=True))
            except Exception as error:  # each of them fails with it
                found.update(dict.fromkeys(missing, error))
        return found

    def _arrival(self, key: Any) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        # Each has a future of its own: whoever gives up waiting must not take the others' along.
        arrival: asyncio.Future[None] = loop.create_future()
        if key in self._awaited:
            self._awaited[key].append(arrival)
            return arrival
        self._awaited[key] = [arrival]
        if not self._next:
            # The others that wait for something at this moment get to ask first.
            loop.call_soon(self._start)
        self._next.append(key)
        return arrival

    def _start(self) -> None:
        keys, self._next = self._next, []
        task = asyncio.get_running_loop().create_task(self._arrive(keys))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _arrive(self, keys: list[Any]) -> None:
        await self.load_all(keys)
        for key in keys:
            for arrival in self._awaited.pop(key):
                if not arrival.done():
                    arrival.set_result(None)

"""Who is next when many passwords wait."""

import asyncio
from collections.abc import Awaitable

import pytest

from auth.password_queue import MAX_WAITING, Caller, PasswordQueue
from models.errors import ServiceBusy

KNOWN = Caller("192.0.2.1", is_known=True)


def stranger(network: object) -> Caller:
    return Caller(str(network), is_known=False)


class Desk:
    """Callers of a queue with these slots: who got one, in order, and who waits."""

    def __init__(self, slots: int) -> None:
        self.served: list[str] = []
        self._queue = PasswordQueue(slots)
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def call(self, name: str, caller: Caller) -> "asyncio.Task[None]":
        """A caller comes and does not end before `end`."""
        self._ends[name] = asyncio.Event()
        task = asyncio.create_task(self._work(name, caller))
        self._tasks.append(task)
        await settled()
        return task

    async def end(self, name: str) -> None:
        """The caller's work is done."""
        self._ends[name].set()
        await settled()

    async def end_all(self) -> None:
        """Everybody's work is done at once."""
        for ended in self._ends.values():
            ended.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, name: str, caller: Caller) -> None:
        async with self._queue.slot(caller):
            self.served.append(name)
            await self._ends[name].wait()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def refused(work: Awaitable[None]) -> int:
    """The seconds that the refusal says to wait."""
    with pytest.raises(ServiceBusy) as busy:
        await work
    return busy.value.retry_after


async def test_strangers_leave_a_slot_to_the_known() -> None:
    desk = Desk(2)
    await desk.call("a", stranger(1))
    await desk.call("b", stranger(2))
    assert desk.served == ["a"]

    await desk.call("known", KNOWN)
    assert desk.served == ["a", "known"]

    await desk.end("known")
    assert desk.served == ["a", "known"]
    await desk.end("a")
    assert desk.served == ["a", "known", "b"]
    await desk.end_all()


async def test_the_known_are_served_before_strangers_who_came_earlier() -> None:
    desk = Desk(1)
    for name, caller in (("a", stranger(1)), ("b", stranger(2)), ("known", KNOWN)):
        await desk.call(name, caller)

    await desk.end("a")
    await desk.end("known")

    assert desk.served == ["a", "known", "b"]
    await desk.end_all()


async def test_a_network_that_sends_many_waits_for_itself() -> None:
    desk = Desk(1)
    for number in range(8):
        await desk.call(f"flood{number}", stranger("flood"))
    await desk.call("honest", stranger("honest"))

    await desk.end("flood0")
    assert desk.served == ["flood0", "honest"]
    await desk.end("honest")
    await desk.call("other", stranger("other"))
    await desk.end("flood1")
    assert desk.served == ["flood0", "honest", "flood1", "other"]
    await desk.end_all()


async def test_a_full_queue_refuses_the_network_with_the_most_waiting() -> None:
    desk = Desk(1)
    await desk.call("first", stranger(0))
    floods = [await desk.call(f"flood{number}", stranger("flood")) for number in range(MAX_WAITING)]

    assert await refused(await desk.call("one more", stranger("flood"))) == 8
    await desk.call("honest", stranger("honest"))
    assert await refused(floods[-1]) == 8
    await desk.end("first")

    assert desk.served == ["first", "flood0"]
    await desk.end("flood0")
    assert desk.served == ["first", "flood0", "honest"]
    await desk.end_all()


async def test_a_full_queue_has_room_for_who_was_never_served() -> None:
    desk = Desk(1)
    await desk.call("served", stranger("served"))
    again = await desk.call("served again", stranger("served"))
    for number in range(MAX_WAITING - 1):
        await desk.call(f"other{number}", stranger(number))

    assert await refused(await desk.call("served once more", stranger("served"))) == 8
    await desk.call("honest", stranger("honest"))

    assert await refused(again) == 8
    assert await refused(await desk.call("late", stranger("late"))) == 8
    await desk.end_all()


async def test_who_gives_up_holds_nobody_up() -> None:
    desk = Desk(1)
    await desk.call("a", stranger(1))
    gone = await desk.call("gone", stranger(2))
    await desk.call("b", stranger(3))

    gone.cancel()
    await settled()
    await desk.end("a")

    assert desk.served == ["a", "b"]
    await desk.end_all()


async def test_a_turn_that_came_to_who_just_gave_up_goes_on() -> None:
    desk = Desk(1)
    await desk.call("a", stranger(1))
    gone = await desk.call("gone", stranger(2))
    await desk.call("b", stranger(3))

    desk._ends["a"].set()
    await asyncio.sleep(0)
    gone.cancel()
    await settled()
    await desk.end("gone")

    assert desk.served[-1] == "b"
    await desk.end_all()

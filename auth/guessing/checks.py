"""The password and code checks in progress in this process, and the guesses that wait for their results."""

import asyncio
from collections import Counter, deque

MAX_WAITING = 32
"""The guesses of one account that wait; one more is refused at once."""


class Checks:
    """By account, how many guesses are on their way, and who waits until one of them was right or wrong."""

    def __init__(self) -> None:
        self._under_way: Counter[str] = Counter()
        self._checked: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    def begin(self, account: str) -> None:
        """A guess is on its way."""
        self._under_way[account] += 1

    def checked(self, account: str) -> int:
        """How many were checked since any was on its way; it only grows while one is."""
        return self._checked[account]

    def end(self, account: str, *, was_checked: bool) -> None:
        """It is no more. Those who wait look again if it may have made room, or nothing is left to wait for."""
        self._under_way[account] -= 1
        self._checked[account] += was_checked
        if not self._under_way[account]:
            del self._under_way[account], self._checked[account]
        if was_checked or account not in self._under_way:
            for waiting in self._waiting.pop(account, ()):
                if not waiting.done():
                    waiting.set_result(None)

    async def another_ended(self, account: str) -> bool:
        """Wait for one of the guesses under way; False at once if there is none, or too many wait already."""
        queue = self._waiting.get(account, deque())
        if account not in self._under_way or len(queue) >= MAX_WAITING:
            return False
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        queue.append(mine)
        self._waiting[account] = queue
        try:
            await mine
        except asyncio.CancelledError:
            if mine in queue:
                queue.remove(mine)
            raise
        return True

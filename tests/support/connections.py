"""Keeps the product's connections to PostgreSQL open from one test to the next.

A new connection makes the server start a process, and both of them prepare every statement anew, which takes far longer
than the statements do. A connection is kept for the database that it is open to, and as it was when it was opened.
"""

import asyncio
from collections import defaultdict
from typing import ClassVar
from urllib.parse import urlsplit

import asyncpg

from models.db.server import Connection, Connections

AT_MOST = 8
"""The connections that are kept for one database: few tests have more in use at a time."""


class KeptConnections(Connections):
    """The product's connections, which outlive it while their event loop does."""

    loop: ClassVar[asyncio.AbstractEventLoop | None] = None
    """The one that the tests run in; connections of others are closed as ever."""
    kept: ClassVar[defaultdict[str, list[Connection]]] = defaultdict(list)
    """By the name of the database, of those databases that one test after the other is lent."""
    lent: ClassVar[set[str]] = set()

    async def acquire(self) -> Connection:
        """A connection that a test before this one left, or a new one."""
        if not self._idle and self._is_of_the_tests and self.kept[self._name]:
            self._idle.append(self.kept[self._name].pop())
        return await super().acquire()

    def discard_idle(self) -> None:
        """Give up those that nobody uses, and those that were kept."""
        super().discard_idle()
        for connection in self.kept.pop(self._name, []):
            connection.terminate()

    async def close(self) -> None:
        """Close those that nobody uses, unless the next test may use them."""
        if self._name in self.lent and self._is_of_the_tests:
            idle, self._idle = self._idle, []
            for connection in idle:
                if len(self.kept[self._name]) == AT_MOST or not await _is_as_new(connection):
                    connection.terminate()
                else:
                    self.kept[self._name].append(connection)
        await super().close()

    @property
    def _name(self) -> str:
        return str(urlsplit(self._server._options["dsn"]).path.removeprefix("/"))

    @property
    def _is_of_the_tests(self) -> bool:
        return asyncio.get_running_loop() is self.loop


async def _is_as_new(connection: Connection) -> bool:
    """Whether the server is still there; it forgets locks and settings of the connection."""
    try:
        await connection.reset(timeout=5)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        return False
    return True


def lend(name: str) -> list[int]:
    """Keep connections to this database from now on; the server's processes of those that are kept."""
    KeptConnections.lent.add(name)
    return [connection.get_server_pid() for connection in KeptConnections.kept[name]]


def give_up(name: str) -> None:
    """Keep none to this database any more."""
    KeptConnections.lent.discard(name)
    for connection in KeptConnections.kept.pop(name, []):
        connection.terminate()

"""A PostgreSQL server, or a pooler before it: how connections are made, and how they are kept open."""

import asyncio
import time
from collections.abc import Mapping
from ssl import SSLError
from typing import Any
from weakref import WeakValueDictionary

import asyncpg
import orjson
import structlog

from models.db.interface import Load
from models.db.outages import unavailable
from models.errors import Unavailable

CONNECTIONS = 16
"""At most for reads, and as many for transactions; they are opened as they are needed, and kept."""
WAIT_SECONDS = 30.0
LEAST_SECONDS = 5.0
"""How long a server that is asked once may take to answer."""
RETRY_SECONDS = 2.0
"""How often to look whether a server is up, at last."""
CLOSE_SECONDS = 0.5
"""How long the server may take to notice that a connection ends."""

MIXED_UP = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)
"""A statement that was prepared on another connection than it ran on."""
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    *MIXED_UP,
)
"""The connection is gone, or of no use any more."""
_NOT_UP = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    OSError,
)
"""What may be otherwise in a moment."""

_BACKEND = """SELECT pg_backend_pid() AS pid, pg_postmaster_start_time()::text AS started,
set_config('jit', 'off', false)"""
"""Also switches compilation off: statements that make replies are estimated too high, and take longer to compile."""
Connection = Any
"""asyncpg's, which has no types."""

log = structlog.get_logger()


class WrongPooling(Exception):
    """A pooler gives each transaction another connection, and DATABASE_URL does not say so."""

    def __init__(self) -> None:
        super().__init__(
            "A pooler in transaction mode stands before the database, which breaks prepared statements:"
            " add pgbouncer=true to the parameters of DATABASE_URL, or let it pool sessions."
        )


class Server:
    """Makes connections."""

    def __init__(self, options: Mapping[str, Any], *, is_pooled: bool) -> None:
        self._options = dict(options)
        self._is_pooled = is_pooled
        if is_pooled:
            # asyncpg then sends a statement anew with each execution, so that it need not be where it was prepared.
            self._options["statement_cache_size"] = 0
        self._backends: WeakValueDictionary[tuple[int, str], Connection] = WeakValueDictionary()
        self.fault: WrongPooling | None = None
        """Once it is found that statements would fail at random, none is run."""

    async def connect(self, **_of_sqlalchemy: Any) -> Connection:
        """A new connection. Raises asyncpg's errors, OSError or WrongPooling."""
        if self.fault is not None:
            raise self.fault
        connection = await asyncpg.connect(**self._options)
        try:
            for kind in ("json", "jsonb"):
                await connection.set_type_codec(kind, encoder=str, decoder=orjson.loads, schema="pg_catalog")
            if not self._is_pooled:
                await self._check_own_backend(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    async def wait(self, seconds: float) -> None:
        """Come back once the server takes connections; raise Unavailable after so many seconds, from the reason."""
        until = time.monotonic() + seconds
        while True:
            try:
                async with asyncio.timeout(max(until - time.monotonic(), LEAST_SECONDS)):
                    return await self._try()
            except _NOT_UP as error:
                left = until - time.monotonic()
                is_final = isinstance(error, SSLError) or type(error) is ConnectionError  # no certificate, or no TLS
                if is_final or left <= 0:
                    raise Unavailable from error
                log.warning("waiting_for_database", reason=_reason(error), seconds_left=round(left))
                await asyncio.sleep(min(RETRY_SECONDS, left))
            except (asyncpg.PostgresError, WrongPooling, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
                raise Unavailable from error

    async def _try(self) -> None:
        """Two connections at once, since only the second tells of some poolers."""
        opened = []
        try:
            for _ in range(2):
                opened.append(await self.connect())
                async with opened[-1].transaction():  # which not every pooler allows
                    await opened[-1].fetch("SELECT 1")
        finally:
            for connection in opened:
                connection.terminate()

    async def _check_own_backend(self, connection: Connection) -> None:
        """Raise WrongPooling if another open connection runs its statements in the same process of the server."""
        try:
            (row,) = await connection.fetch(_BACKEND)
        except MIXED_UP as error:
            self.fault = WrongPooling()
            raise self.fault from error
        if row["pid"] == connection.get_server_pid():
            return  # no pooler: those have numbers of their own
        other = self._backends.get((row["pid"], row["started"]))
        if other is not None and not other.is_closed():
            self.fault = WrongPooling()
            raise self.fault
        self._backends[row["pid"], row["started"]] = connection


class Connections:
    """Connections that are kept open."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._free = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[Connection] = []

    async def acquire(self) -> Connection:
        """A connection, to be released. Raises Unavailable."""
        if self._free.locked():
            try:
                async with asyncio.timeout(WAIT_SECONDS):
                    await self._free.acquire()
            except TimeoutError:
                raise unavailable("All connections to the database are busy.") from None
        else:
            await self._free.acquire()  # which does not wait
        while self._idle and self._server.fault is None:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        try:
            return await self._server.connect()
        except (asyncpg.PostgresError, WrongPooling, *LOST) as error:
            self._free.release()
            raise unavailable(error) from error
        except BaseException:
            self._free.release()
            raise

    def release(self, connection: Connection) -> None:
        """Keep the connection for the next; one that was left in the middle of something is given up."""
        if not connection.is_closed():
            if connection.is_in_transaction():
                connection.terminate()
            else:
                self._idle.append(connection)
        self._free.release()

    def load(self) -> Load:
        """How many are in use, idle and waited for."""
        return Load(CONNECTIONS - self._free._value, len(self._idle), len(self._free._waiters or ()))

    def discard_idle(self) -> None:
        """Give up those that nobody uses: when one was lost, the others of the same server are gone too."""
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.terminate()

    async def close(self) -> None:
        """Close those that nobody uses."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*map(_close, idle))


async def _close(connection: Connection) -> None:
    try:
        await connection.close(timeout=CLOSE_SECONDS)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
        connection.terminate()  # the server went away before


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__

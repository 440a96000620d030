"""PostgreSQL through asyncpg, which prepares each statement once per connection."""

from collections.abc import Sequence
from time import perf_counter
from typing import Any

import asyncpg
from sqlalchemy import Executable, Row
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.db.inserts import statements
from models.db.interface import Parameters, Transaction, Writing, tell
from models.db.outages import unavailable
from models.db.prepared import Prepared, Preparer, Values
from models.db.rows import reader
from models.db.server import LOST, Connection, Connections
from models.errors import OutcomeUnknown, Unavailable
from watching.work import ran

_OUTAGES = (
    asyncpg.InsufficientResourcesError,  # a full disk, too many connections
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.TransactionRollbackError,  # a deadlock
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidCachedStatementError,  # a newer version migrated the tables a moment ago
)
"""The server refuses for the moment, whatever it is asked."""


class PostgresqlReads:
    """Reads, each of which sees what was committed when it began."""

    def __init__(self, connections: Connections, preparer: Preparer) -> None:
        self._connections, self._preparer = connections, preparer

    async def fetch(self, statement: Executable, parameters: Parameters | None) -> Sequence[Row[Any]]:
        """All rows."""
        prepared, values = self._preparer.bind(statement, parameters)
        try:
            return await self._fetch(prepared, values)
        except ConnectionLost:
            # A read changes nothing, so it may run again; the second time it is on a new connection.
            self._connections.discard_idle()
            return await self._fetch(prepared, values)

    async def _fetch(self, prepared: Prepared, values: Values) -> Sequence[Row[Any]]:
        connection = await self._connections.acquire()
        try:
            return await fetched(connection, prepared, values)
        finally:
            self._connections.release(connection)


class PostgresqlTransaction(Transaction):
    """A transaction on a connection of its own, which begins with the first statement."""

    def __init__(self, connections: Connections, preparer: Preparer) -> None:
        self._connections, self._preparer = connections, preparer
        self._connection: Connection | None = None
        self._transaction: Any = None

    async def fetch(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[Any]]:
        """All rows of the statement, which may be a write with RETURNING."""
        prepared, values = self._bound(self._preparer.bind(statement, parameters))
        return await fetched(await self._begun(), prepared, values)

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """The number of rows that a write without RETURNING changed."""
        prepared, values = self._bound(self._preparer.bind(statement, parameters))
        connection = await self._begun()
        tell(prepared.sql)
        with Translating(prepared.sql, connection):
            status: str = await connection.execute(prepared.sql, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else -1

    async def execute_many(self, statement: Executable, parameters: Sequence[Parameters]) -> None:
        """Run a write once for each set of parameters."""
        prepared, values = self._bound(self._preparer.bind_many(statement, parameters))
        connection = await self._begun()
        tell(prepared.sql)
        with Translating(prepared.sql, connection):
            await connection.executemany(prepared.sql, values)

    async def insert_many(self, statement: Executable, parameters: Sequence[Parameters]) -> None:
        """Insert a row for each set of parameters, many in a statement."""
        await self.insert_bound(*self._preparer.bind_many(statement, parameters))

    async def insert_bound(self, insert: Writing, values: Sequence[Values]) -> None:
        """The same with a statement that was prepared and bound before."""
        self._bound((insert, values))
        inserts = statements(insert.sql, values)
        connection = await self._begun()
        tell(insert.sql)
        with Translating(insert.sql, connection):
            for sql, parts in inserts:
                await connection.executemany(sql, parts)

    async def fetch_many(self, statement: Executable, parameters: Sequence[Parameters]) -> Sequence[Row[Any]]:
        """Run an insert with RETURNING for each set of parameters; the rows come in the same order."""
        prepared, values = self._bound(self._preparer.bind_many(statement, parameters))
        connection = await self._begun()
        tell(prepared.sql)
        with Translating(prepared.sql, connection):
            raw = await connection.fetchmany(prepared.sql, values)
        return _rows(prepared, raw)

    async def commit(self) -> None:
        """Make the writes lasting. Raises OutcomeUnknown when the connection is lost before the server says so."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            with Translating("COMMIT", connection):
                await self._transaction.commit()
        except ConnectionLost as error:
            raise OutcomeUnknown from error
        finally:
            self._connections.release(connection)

    async def roll_back(self) -> None:
        """Take the writes back. Without a connection the server does that by itself."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if not connection.is_closed():
                await self._transaction.rollback()
        except (asyncpg.PostgresError, *LOST):
            connection.terminate()
        finally:
            self._connections.release(connection)

    async def _begun(self) -> Connection:
        if self._connection is None:
            try:
                await self._begin()
            except ConnectionLost:
                # It was lost while nobody used it, and nothing was done yet.
                self._connections.discard_idle()
                await self._begin()
        return self._connection

    async def _begin(self) -> None:
        connection = await self._connections.acquire()
        try:
            self._transaction = connection.transaction()
            with Translating("BEGIN", connection):
                await self._transaction.start()
        except BaseException:
            self._connections.release(connection)
            raise
        self._connection = connection


async def fetched(connection: Connection, prepared: Prepared, values: Values) -> Sequence[Row[Any]]:
    """All rows of a statement."""
    tell(prepared.sql)
    with Translating(prepared.sql, connection):
        return _rows(prepared, await connection.fetch(prepared.sql, *values))


def _rows(prepared: Prepared, raw: Sequence[Any]) -> Sequence[Row[Any]]:
    if not raw:
        return raw
    read = prepared.read or reader(tuple(raw[0].keys()))
    return read(raw)


class ConnectionLost(Unavailable):
    """The connection was lost before the statement was answered."""


class Translating:
    """Note that a statement ran.

    Raise Unavailable for outages and what SQLAlchemy would for other errors; a lost connection is given up.
    """

    __slots__ = ("_began", "_connection", "_sql")

    def __init__(self, sql: str, connection: Connection) -> None:
        self._sql, self._connection = sql, connection

    def __enter__(self) -> None:
        """The statement begins."""
        self._began = perf_counter()

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Raise what the error means."""
        ran(self._sql, self._began)
        if error is None:
            return
        if isinstance(error, asyncpg.IntegrityConstraintViolationError):
            raise IntegrityError(self._sql, None, error, hide_parameters=True) from error
        if isinstance(error, LOST) and not isinstance(error, ValueError):  # which is about a parameter
            self._connection.terminate()
            raise unavailable(error, ConnectionLost) from error
        if isinstance(error, _OUTAGES):
            raise unavailable(error) from error
        if isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError)):
            raise DBAPIError(self._sql, None, error, hide_parameters=True) from error

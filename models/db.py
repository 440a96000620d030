"""The one way to the database: fetch, fetch one, and a transaction.

Reads run outside transactions, each seeing what was committed when it began. Writes run in a
`Transaction`, which begins with its first statement. On SQLite there is one writer at a time; a second
waits its turn in this process, and up to the busy timeout for another process.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, Row, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.errors import InvalidInput

BUSY_TIMEOUT_MS = 30_000
READ_CONNECTIONS = 8

Parameters = Mapping[str, Any]


class Reader:
    """Runs statements and returns light rows: named tuples of the driver's values."""

    async def fetch(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[Any]]:
        """All rows of the statement."""
        raise NotImplementedError

    async def fetch_one(self, statement: Executable, parameters: Parameters | None = None) -> Row[Any] | None:
        """The first row of the statement, or None."""
        rows = await self.fetch(statement, parameters)
        return rows[0] if rows else None

    async def fetch_value(self, statement: Executable, parameters: Parameters | None = None) -> Any:
        """The first column of the first row, or None."""
        row = await self.fetch_one(statement, parameters)
        return row[0] if row is not None else None


class Transaction(Reader):
    """Statements that take effect together when the block that opened the transaction ends without an error."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def fetch(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[Any]]:
        """All rows of the statement, which may be a write with RETURNING."""
        result = await (await self._begun()).execute(statement, _storable(parameters))
        return result.all()

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """The number of rows that a write without RETURNING changed."""
        result = await (await self._begun()).execute(statement, _storable(parameters))
        return result.rowcount

    async def execute_many(self, statement: Executable, parameters: Sequence[Parameters]) -> None:
        """Run a write once for each set of parameters."""
        await (await self._begun()).execute(statement, [_storable(row) for row in parameters])

    async def fetch_many(self, statement: Executable, parameters: Sequence[Parameters]) -> Sequence[Row[Any]]:
        """Run an insert with RETURNING for each set of parameters; the rows come in the same order."""
        result = await (await self._begun()).execute(statement, [_storable(row) for row in parameters])
        return result.all()

    async def _begun(self) -> AsyncConnection:
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection

    async def _end(self, *, commit: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await (connection.commit() if commit else connection.rollback())
        finally:
            await connection.close()


class Database(Reader):
    """A database by its URL (`sqlite+aiosqlite://` or `postgresql+asyncpg://`)."""

    def __init__(self, url: str, *, sqlite_synchronous: str = "FULL") -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.sqlite_path = parsed.database or ""
        if self.is_sqlite:
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self._reader = create_async_engine(
                url,
                isolation_level="AUTOCOMMIT",
                pool_size=READ_CONNECTIONS,
                max_overflow=0,
                pool_timeout=BUSY_TIMEOUT_MS / 1000,
                pool_reset_on_return=None,
            )
            # One connection: the pool's queue is the order of the writers.
            self._writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=BUSY_TIMEOUT_MS / 1000)
            for engine in (self._reader, self._writer):
                _configure_sqlite(engine, sqlite_synchronous)
            event.listen(self._writer.sync_engine, "begin", _begin_immediate)
        else:
            self._reader = create_async_engine(
                url,
                isolation_level="AUTOCOMMIT",
                pool_size=READ_CONNECTIONS,
                max_overflow=READ_CONNECTIONS,
                pool_reset_on_return=None,
            )
            self._writer = create_async_engine(url, pool_size=READ_CONNECTIONS, max_overflow=READ_CONNECTIONS)

    @property
    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """The engines of reads and of writes, for migrations and for tests that count statements."""
        return self._reader, self._writer

    async def fetch(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[Any]]:
        """All rows of a read."""
        async with self._reader.connect() as connection:
            result = await connection.execute(statement, _storable(parameters))
            return result.all()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection of its own, outside transactions, for what belongs to a connection, such as a lock."""
        async with self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        transaction = Transaction(self._writer)
        try:
            yield transaction
        except BaseException:
            await transaction._end(commit=False)
            raise
        await transaction._end(commit=True)

    async def close(self) -> None:
        """Close every connection."""
        for engine in self.engines:
            await engine.dispose()


def _configure_sqlite(engine: AsyncEngine, synchronous: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        # Transactions begin where this module says so, not where the driver guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _begin_immediate(connection: Any) -> None:
    # A transaction that first reads and then writes could not wait for the lock otherwise.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _storable(parameters: Parameters | None) -> Parameters:
    """The parameters, unless a text among them is one that no database can hold."""
    if not parameters:
        return {}
    for value in parameters.values():
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, (list, tuple)):
            for item in value:
                if isinstance(item, str):
                    _check_text(item)
    return parameters


def _check_text(value: str) -> None:
    if "\0" in value:
        raise InvalidInput("Text may not contain the NUL character.")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidInput("Text may not contain lone surrogates.") from None

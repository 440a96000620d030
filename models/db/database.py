"""Creates the database for a URL: SQLite or PostgreSQL."""

import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Executable, NullPool, Row, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.db.interface import Load, Parameters, Reader, Transaction
from models.db.prepared import Preparer, preparer_for
from models.db.sqlite import SqliteReads, SqliteTransaction, SqliteWriter

_OF_SQLALCHEMY = ("prepared_statement_cache_size", "prepared_statement_name_func", "async_creator_fn")
"""What a URL may say for SQLAlchemy, and asyncpg does not know."""


Fetch = Callable[[Executable, Parameters | None], Coroutine[Any, Any, Sequence[Row[Any]]]]


class Database(Reader):
    """A database by its URL (`sqlite+aiosqlite://` or `postgresql+asyncpg://`)."""

    def __init__(self, url: str, *, sqlite_synchronous: str = "FULL", sqlite_busy_seconds: float = 30) -> None:
        parsed = make_url(url)
        self._url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.sqlite_path = parsed.database or ""
        preparer = preparer_for(self.engine.dialect)
        self._fetch: Fetch
        self._begin: Callable[[], Transaction]
        self._close: Callable[[], Awaitable[None]]
        self.loads: Mapping[str, Callable[[], Load]]
        """What tells how busy the connections are, by kind; reads of SQLite wait for none."""
        if self.is_sqlite:
            Path(self.sqlite_path).parent.mkdir(parents=True, exist_ok=True)
            self._pragmas = (
                f"busy_timeout={round(sqlite_busy_seconds * 1000)}",
                "journal_mode=WAL",
                f"synchronous={sqlite_synchronous}",
                "foreign_keys=ON",
                "temp_store=MEMORY",
            )
            reads = SqliteReads(self.sqlite_path, preparer, self._pragmas)
            writer = SqliteWriter(self.sqlite_path, preparer, self._pragmas, busy_seconds=sqlite_busy_seconds)

            async def close() -> None:
                reads.close()
                await writer.close()

            self._fetch, self._begin, self._close = reads.fetch, lambda: SqliteTransaction(writer), close
            self.loads = {"write": writer.load}
        else:
            options = _options(parsed, self.engine)
            self._fetch, self._begin, self._close, self.loads = _on_postgresql(options, preparer)

    def check_writable(self) -> None:
        """Raise PermissionError if this process may not write the file: SQLite would open it for reading alone."""
        if self.is_sqlite and not os.access(self.sqlite_path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.sqlite_path)

    @cached_property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's, for migrations and for what needs a connection of its own; nothing else goes through it."""
        engine = create_async_engine(self._url, poolclass=NullPool)
        if self.is_sqlite:
            event.listen(engine.sync_engine, "connect", self._configure)
            event.listen(engine.sync_engine, "begin", _begin_immediate)
        return engine

    def fetch(
        self, statement: Executable, parameters: Parameters | None = None
    ) -> Coroutine[Any, Any, Sequence[Row[Any]]]:
        """All rows of a read."""
        return self._fetch(statement, parameters)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection of its own, outside transactions, for what belongs to a connection, such as a lock."""
        engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        transaction = self._begin()
        try:
            yield transaction
            for work in transaction.before_commit:
                await work()
        except BaseException:
            await transaction.roll_back()
            raise
        await transaction.commit()

    async def close(self) -> None:
        """Close every connection. The next statement opens them again."""
        await self._close()
        await self.engine.dispose()

    def _configure(self, connection: Any, _record: object) -> None:
        # Transactions begin where this module says so, not where the driver guesses.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in self._pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


def _on_postgresql(
    options: Mapping[str, Any], preparer: Preparer
) -> tuple[Fetch, Callable[[], Transaction], Callable[[], Awaitable[None]], Mapping[str, Callable[[], Load]]]:
    """How to read, begin a transaction and close. SQLite needs no driver of PostgreSQL, so it is imported here."""
    from models.db.postgresql import Connections, PostgresqlReads, PostgresqlTransaction

    # Apart, so that transactions that read outside themselves cannot wait for each other.
    reading, writing = Connections(options), Connections(options)

    async def close() -> None:
        await reading.close()
        await writing.close()

    loads = {"read": reading.load, "write": writing.load}
    return PostgresqlReads(reading, preparer).fetch, lambda: PostgresqlTransaction(writing, preparer), close, loads


def _options(url: URL, engine: AsyncEngine) -> dict[str, Any]:
    """What asyncpg is told about where and how to connect."""
    _, options = engine.dialect.create_connect_args(url)
    return {name: value for name, value in options.items() if name not in _OF_SQLALCHEMY}


def _begin_immediate(connection: Any) -> None:
    # A transaction that first reads and then writes could not wait for the lock otherwise.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

"""Creates the database for a URL: SQLite or PostgreSQL."""

import errno
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import Executable, NullPool, Row, event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from models.database_url import POSTGRESQL, connection_options, is_pooled, sqlite_path
from models.db.interface import Load, Parameters, Reader, Transaction
from models.db.prepared import Preparer, preparer_for
from models.db.sqlite import SqliteReads, SqliteTransaction, SqliteWriter
from models.private_files import make_file, make_folder

if TYPE_CHECKING:
    from models.db.server import Server

Fetch = Callable[[Executable, Parameters | None], Coroutine[Any, Any, Sequence[Row[Any]]]]


class Database(Reader):
    """A database by its URL (`sqlite+aiosqlite://` or `postgresql+asyncpg://`), which `models.database_url` checks."""

    def __init__(self, url: str, *, sqlite_synchronous: str = "FULL", sqlite_busy_seconds: float = 30) -> None:
        self.is_sqlite = url.startswith("sqlite")
        self.sqlite_path = sqlite_path(url) if self.is_sqlite else ""
        self.is_pooled = not self.is_sqlite and is_pooled(url)
        """Whether each transaction may have another connection, so that nothing belongs to a connection."""
        self._url = url
        self.preparer = preparer = preparer_for(self.engine.dialect)
        self._fetch: Fetch
        self._begin: Callable[[], Transaction]
        self._close: Callable[[], Awaitable[None]]
        self.loads: Mapping[str, Callable[[], Load]]
        """What tells how busy the connections are, by kind; reads of SQLite wait for none."""
        if self.is_sqlite:
            make_folder(Path(self.sqlite_path).parent)
            make_file(Path(self.sqlite_path))  # SQLite would let others read it; it makes -wal and -shm like it
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
            self._fetch, self._begin, self._close, self.loads = _on_postgresql(self._server, preparer)

    def check_writable(self) -> None:
        """Raise PermissionError if this process may not write the file: SQLite would open it for reading alone."""
        if self.is_sqlite and not os.access(self.sqlite_path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), self.sqlite_path)

    @cached_property
    def engine(self) -> AsyncEngine:
        """SQLAlchemy's, for migrations and for what needs a connection of its own; nothing else goes through it."""
        if not self.is_sqlite:
            return create_async_engine(
                f"{POSTGRESQL}://",
                poolclass=NullPool,
                connect_args={
                    "async_creator_fn": self._server.connect,
                    "prepared_statement_cache_size": 0,
                    # A name of its own, since another process may have prepared statements on the same connection.
                    "prepared_statement_name_func": lambda: f"careergraph_{uuid4().hex}",
                },
            )
        engine = create_async_engine(self._url, poolclass=NullPool)
        event.listen(engine.sync_engine, "connect", self._configure)
        event.listen(engine.sync_engine, "begin", _begin_immediate)
        return engine

    @cached_property
    def _server(self) -> "Server":
        # SQLite needs no driver of PostgreSQL, so it is imported here.
        from models.db.server import Server

        return Server(connection_options(self._url), is_pooled=self.is_pooled)

    async def wait(self, seconds: float) -> None:
        """Come back once the server takes connections; raise Unavailable with the reason after so many seconds.

        What waiting does not change, such as a wrong password, is raised at once.
        """
        if not self.is_sqlite:
            await self._server.wait(seconds)

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
    server: "Server", preparer: Preparer
) -> tuple[Fetch, Callable[[], Transaction], Callable[[], Awaitable[None]], Mapping[str, Callable[[], Load]]]:
    """How to read, begin a transaction and close."""
    from models.db.postgresql import PostgresqlReads, PostgresqlTransaction
    from models.db.server import Connections

    # Apart, so that transactions that read outside themselves cannot wait for each other.
    reading, writing = Connections(server), Connections(server)

    async def close() -> None:
        await reading.close()
        await writing.close()

    loads = {"read": reading.load, "write": writing.load}
    return PostgresqlReads(reading, preparer).fetch, lambda: PostgresqlTransaction(writing, preparer), close, loads


def _begin_immediate(connection: Any) -> None:
    # A transaction that first reads and then writes could not wait for the lock otherwise.
    connection.exec_driver_sql("BEGIN IMMEDIATE")

"""SQLite writes: one connection on one thread, and commits shared by concurrent transactions."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any, TypeVar

from sqlalchemy import Executable, Row
from sqlalchemy.exc import SQLAlchemyError

from models.db.inserts import statements
from models.db.interface import Load, Parameters, Transaction, Writing, tell
from models.db.outages import unavailable
from models.db.prepared import Preparer, Values
from models.db.sqlite.connections import connect, run, translated
from models.db.sqlite.thread import Thread
from models.errors import Unavailable
from watching.work import ran

GROUP = 32
"""The transactions that are committed together at most."""

T = TypeVar("T")


class SqliteWriter:
    """The one connection that writes, and the thread that it belongs to.

    A transaction of SQLite is committed when nobody waits to go on in it: so those that arrive at the same time share
    one wait for the disk. Each is told that it is committed only when it is. Those after the first are savepoints,
    which are left to the next turn or to the commit, which saves a visit to the thread. The first needs none, and
    without it SQLite keeps no list of what each statement changes (findings/sqlite-savepoint-triggers.sh).
    """

    def __init__(self, path: str, preparer: Preparer, pragmas: Sequence[str], *, busy_seconds: float) -> None:
        self._path, self._pragmas = path, pragmas
        self._busy_seconds = busy_seconds
        self.preparer = preparer
        self._thread = Thread("sqlite-write")
        self._connection: sqlite3.Connection | None = None
        self._is_savepoint = False  # whether the turn is one; known to the thread alone
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._group: list[asyncio.Future[None]] = []
        self._settling: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Wait for a turn. Raises Unavailable if it does not come."""
        self._waiting += 1
        try:
            async with asyncio.timeout(self._busy_seconds):
                await self._turn.acquire()
        except BaseException as error:
            self._waiting -= 1
            if not self._waiting and not self._turn.locked():
                # Who went before left the commit to this one.
                self._settling = asyncio.get_running_loop().create_task(self._settle())
            if isinstance(error, TimeoutError):
                raise unavailable("The database is busy writing.") from None
            raise
        self._waiting -= 1

    def on_thread(self, work: Callable[[sqlite3.Connection], T]) -> "asyncio.Future[T]":
        """What a function returns that is run with the connection on its thread.

        Raises Unavailable, or SQLAlchemy's errors.
        """
        return self._thread.run(lambda: self._with_connection(work))

    def begin_on(self, connection: sqlite3.Connection) -> None:
        """Begin the turn, on the thread."""
        try:
            if not connection.in_transaction:
                # A transaction that first reads and then writes could not wait for the lock otherwise.
                connection.execute("BEGIN IMMEDIATE")
                self._is_savepoint = False
                return
            if self._is_savepoint:
                # Of the turn before, which left it for this one to do, or for the commit.
                connection.execute("RELEASE turn")
            connection.execute("SAVEPOINT turn")
            self._is_savepoint = True
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")  # rather than take back what belongs to the turn before
            raise

    async def finish(self, *, commit: bool, is_intact: bool = False) -> None:
        """End the turn: with a commit, which may wait for others to share it, or taking the writes back.

        `is_intact` says that no statement of the turn failed, so that its writes are there for sure.
        """
        is_last = not self._waiting or len(self._group) >= GROUP - 1
        if commit and is_intact and not is_last:
            committed = self._joined()
            self._turn.release()
            await committed
        else:
            finish = self._finish(commit=commit, is_last=is_last)
            await asyncio.shield(asyncio.get_running_loop().create_task(finish))

    def load(self) -> Load:
        """Whether the one connection is in use, and how many wait for their turn."""
        is_busy = self._turn.locked()
        return Load(int(is_busy), int(self._connection is not None and not is_busy), self._waiting)

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self.on_thread(sqlite3.Connection.close)
            self._connection = None
        self._thread.stop()

    async def _finish(self, *, commit: bool, is_last: bool) -> None:
        committed = self._joined() if commit else None

        def end(connection: sqlite3.Connection) -> bool:
            is_there = connection.in_transaction if commit else self._take_back(connection)
            if is_there and is_last:
                _commit(connection)
            return is_there

        try:
            if not await self.on_thread(end):
                self._tell(unavailable("The writes before were lost with this one."))
            elif is_last:
                self._tell(None)
        except BaseException as error:
            self._tell(error)
            raise
        finally:
            self._turn.release()
        if committed is not None:
            await committed

    def _take_back(self, connection: sqlite3.Connection) -> bool:
        """Whether no more than this turn's writes is gone: a full disk, for example, ends the whole transaction."""
        if not connection.in_transaction:
            return False
        connection.execute("ROLLBACK TO turn" if self._is_savepoint else "ROLLBACK")
        return True

    async def _settle(self) -> None:
        async with self._turn:
            try:
                await self.on_thread(_commit)
                self._tell(None)
            except (SQLAlchemyError, Unavailable) as error:
                self._tell(error)

    def _joined(self) -> asyncio.Future[None]:
        """What tells that the next commit happened."""
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._group.append(committed)
        return committed

    def _tell(self, error: BaseException | None) -> None:
        """Tell those who wait for the commit that it happened, or that their writes are lost."""
        group, self._group = self._group, []
        for committed in group:
            if committed.done():
                continue
            if error is None:
                committed.set_result(None)
            else:
                committed.set_exception(error)
                committed.exception()  # who waited for it may be gone

    def _with_connection(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = connect(self._path, self._pragmas)
            return work(self._connection)
        except sqlite3.Error as error:
            raise translated(error, "") from error


class SqliteTransaction(Transaction):
    """A turn of the writer, which begins with the first statement."""

    def __init__(self, writer: SqliteWriter) -> None:
        self._writer = writer
        self._begun = False
        self._is_intact = True

    async def fetch(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[Any]]:
        """All rows of the statement, which may be a write with RETURNING."""
        prepared, values = self._bound(self._writer.preparer.bind(statement, parameters))
        return await self._run(prepared.sql, lambda connection: run(connection, prepared, values))

    async def execute(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """The number of rows that a write without RETURNING changed."""
        prepared, values = self._bound(self._writer.preparer.bind(statement, parameters))
        return await self._run(prepared.sql, lambda connection: connection.execute(prepared.sql, values).rowcount)

    async def execute_many(self, statement: Executable, parameters: Sequence[Parameters]) -> None:
        """Run a write once for each set of parameters."""
        prepared, values = self._bound(self._writer.preparer.bind_many(statement, parameters))

        def write(connection: sqlite3.Connection) -> None:
            # A cursor that came back with the result would be let go of on the event loop's thread, which resets its
            # statement while the next write may be running it here.
            connection.executemany(prepared.sql, values)

        await self._run(prepared.sql, write)

    async def insert_many(self, statement: Executable, parameters: Sequence[Parameters]) -> None:
        """Insert a row for each set of parameters, many in a statement."""
        await self.insert_bound(*self._writer.preparer.bind_many(statement, parameters))

    async def insert_bound(self, insert: Writing, values: Sequence[Values]) -> None:
        """The same with a statement that was prepared and bound before."""
        self._bound((insert, values))
        inserts = statements(insert.sql, values)

        def write(connection: sqlite3.Connection) -> None:
            for sql, parts in inserts:
                connection.executemany(sql, parts)

        await self._run(insert.sql, write)

    async def fetch_many(self, statement: Executable, parameters: Sequence[Parameters]) -> Sequence[Row[Any]]:
        """Run an insert with RETURNING for each set of parameters; the rows come in the same order."""
        prepared, values = self._bound(self._writer.preparer.bind_many(statement, parameters))

        def insert(connection: sqlite3.Connection) -> Sequence[Row[Any]]:
            return [row for each in values for row in run(connection, prepared, each)]

        return await self._run(prepared.sql, insert)

    async def commit(self) -> None:
        """Make the writes lasting."""
        if self._begun:
            self._begun = False
            began = perf_counter()
            try:
                await self._writer.finish(commit=True, is_intact=self._is_intact)
            finally:
                ran("COMMIT", began)

    async def roll_back(self) -> None:
        """Take the writes back."""
        if self._begun:
            self._begun = False
            await self._writer.finish(commit=False)

    async def _run(self, sql: str, work: Callable[[sqlite3.Connection], T]) -> T:
        begins = not self._begun
        began = perf_counter()
        if begins:
            await self._writer.begin()
            self._begun = True

        def run_in_turn(connection: sqlite3.Connection) -> T:
            try:
                if begins:
                    self._writer.begin_on(connection)
                return work(connection)
            except sqlite3.Error as error:
                raise translated(error, sql) from error

        try:
            result = self._writer.on_thread(run_in_turn)
            tell(sql)  # which may fail: by now the turn has a savepoint of its own to go back to
            return await result
        except BaseException:
            self._is_intact = False
            raise
        finally:
            ran(sql, began)


def _commit(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        try:
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

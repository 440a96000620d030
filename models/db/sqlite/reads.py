"""SQLite reads: short ones on the event loop, long ones on threads."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Any

from cachetools import LRUCache
from sqlalchemy import Executable, Row

from models.db.interface import Parameters, tell
from models.db.prepared import Prepared, Preparer, Values
from models.db.sqlite.connections import connect, run, translated
from watching.work import ran

READ_THREADS = 4
BUDGET = 20_000
"""The steps of SQLite's machine that a read may take on the event loop, or up to twice as many: about a millisecond."""
REMEMBERED = 200
"""How often a statement that was long goes to a thread at once, before it is tried again."""
KEPT_LONG = 1000
"""The statements that were long of which that is remembered."""
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT}


class SqliteReads:
    """Reads, each of which sees what was committed when it began."""

    def __init__(self, path: str, preparer: Preparer, pragmas: Sequence[str]) -> None:
        self._path, self._preparer, self._pragmas = path, preparer, pragmas
        self._threads = ThreadPoolExecutor(READ_THREADS, "sqlite-read")
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._inline: sqlite3.Connection | None = None
        self._long: LRUCache[str, int] = LRUCache(KEPT_LONG)
        self._ticks = 0

    async def fetch(self, statement: Executable, parameters: Parameters | None) -> Sequence[Row[Any]]:
        """All rows."""
        prepared, values = self._preparer.bind(statement, parameters)
        sql = prepared.sql
        tell(sql)
        if self._long and (remembered := self._long.get(sql, 0)) > 0:
            self._long[sql] = remembered - 1
        else:
            self._ticks = 0
            began = perf_counter()
            try:
                rows = run(self._inline or self._inline_connection(), prepared, values)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode not in _BUSY:
                    raise translated(error, sql) from error
                self._long[sql] = REMEMBERED
            except sqlite3.Error as error:
                raise translated(error, sql) from error
            else:
                ran(sql, began)
                return rows
        began = perf_counter()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._fetch_on_thread, prepared, values)
        finally:
            ran(sql, began)

    def close(self) -> None:
        """Close every connection."""
        self._threads.shutdown()
        for connection in self._opened:
            connection.close()
        self._opened.clear()
        self._inline = None
        self._local = threading.local()
        self._threads = ThreadPoolExecutor(READ_THREADS, "sqlite-read")

    def _inline_connection(self) -> sqlite3.Connection:
        if self._inline is None:
            # It waits for nobody: what is locked is waited for on a thread.
            self._inline = self._connect(("busy_timeout=0",))
            self._inline.set_progress_handler(self._over_budget, BUDGET)
        return self._inline

    def _over_budget(self) -> bool:
        # The first call may come early: SQLite counts the steps of all runs of a statement.
        self._ticks += 1
        return self._ticks > 1

    def _fetch_on_thread(self, prepared: Prepared, values: Values) -> Sequence[Row[Any]]:
        try:
            connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = self._local.connection = self._connect()
            return run(connection, prepared, values)
        except sqlite3.Error as error:
            raise translated(error, prepared.sql) from error

    def _connect(self, more: Sequence[str] = ()) -> sqlite3.Connection:
        connection = connect(self._path, (*self._pragmas, *more))
        self._opened.append(connection)
        return connection

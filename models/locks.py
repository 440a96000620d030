"""Locks that one of all processes sharing a database holds; they are released when the process ends."""

import contextlib
import fcntl
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.db import Database, Transaction
from models.errors import Unavailable

_TRY = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")
_TRY_IN_TRANSACTION = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
_RELEASE = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
_ALIVE = text("SELECT 1")


class Lock(ABC):
    """A lock that this process took."""

    @abstractmethod
    async def is_held(self) -> bool:
        """Whether it still does: what holds a lock in PostgreSQL is a connection, which may break."""


class _FileLock(Lock):
    async def is_held(self) -> bool:
        return True


class _TransactionLock(Lock):
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def is_held(self) -> bool:
        try:
            await self._transaction.fetch(_ALIVE)
        except (SQLAlchemyError, Unavailable):
            return False
        return True


class _AdvisoryLock(Lock):
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def is_held(self) -> bool:
        try:
            await self._connection.execute(_ALIVE)
        except (SQLAlchemyError, OSError):
            return False
        return True


@asynccontextmanager
async def try_lock(database: Database, name: str) -> AsyncIterator[Lock | None]:
    """The lock of this name for as long as the block runs, or None while another process, or block, has it."""
    if database.is_sqlite:
        holding = _file_lock(database.sqlite_path, name)
    elif database.is_pooled:
        holding = _transaction_lock(database, name)
    else:
        holding = _advisory_lock(database, name)
    async with holding as lock:
        yield lock


@asynccontextmanager
async def _file_lock(path: str, name: str) -> AsyncIterator[Lock | None]:
    descriptor = os.open(f"{path}.{name}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    lock: Lock | None = _FileLock()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock = None
    try:
        yield lock
    finally:
        os.close(descriptor)


class _Over(Exception):
    """Ends a transaction that wrote nothing: rolling it back needs no answer from a connection that may be lost."""


@asynccontextmanager
async def _transaction_lock(database: Database, name: str) -> AsyncIterator[Lock | None]:
    """A lock for poolers, which leave a connection to nobody but for a transaction: that lasts as long as the lock."""
    with contextlib.suppress(_Over):
        async with database.transaction() as transaction:
            taken = await transaction.fetch_value(_TRY_IN_TRANSACTION, {"name": name})
            yield _TransactionLock(transaction) if taken else None
            raise _Over


@asynccontextmanager
async def _advisory_lock(database: Database, name: str) -> AsyncIterator[Lock | None]:
    async with database.connection() as connection:
        if not (await connection.execute(_TRY, {"name": name})).scalar():
            yield None
            return
        try:
            yield _AdvisoryLock(connection)
        finally:
            try:
                await connection.execute(_RELEASE, {"name": name})
            except (SQLAlchemyError, OSError):
                await connection.invalidate()

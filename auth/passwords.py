"""Passwords: bcrypt away from the event loop, a bounded number at a time."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt
from prometheus_client import Counter

from auth.password_queue import THE_SERVER, Caller, PasswordQueue
from models.errors import InvalidInput

T = TypeVar("T")

MIN_CHARACTERS = 6
MAX_BYTES = 72
"""bcrypt reads no further."""
DIGEST_CHARACTERS = 31
"""What follows the salt in a hash of bcrypt."""

STRANGERS_NICENESS = 10
_CHEAP = b"$2b$04$"
"""How the hashes of the least cost begin."""

_OLD = b"$2y$"
"""How bcrypt's hashes of predecessors begin, which have any cost."""

CHECKED = Counter("passwords_checked_total", "Passwords that were compared with a hash, right or wrong.")


def check_new_password(password: str, *, field: str) -> None:
    """Refuse a password shorter than 6 characters or longer than 72 bytes."""
    if len(password) < MIN_CHARACTERS:
        raise InvalidInput("A password has at least {minimum} characters.", field=field, minimum=MIN_CHARACTERS)
    if "\0" in password or (encoded := _encoded(password)) is None:
        raise InvalidInput("The password contains a character that cannot be stored.", field=field)
    if len(encoded) > MAX_BYTES:
        raise InvalidInput("A password has at most {maximum} bytes in UTF-8.", field=field, maximum=MAX_BYTES)


class PasswordHasher:
    """Hashes and verifies, at most `concurrency` at a time: by default one for each processor, and at least two."""

    def __init__(self, *, cost: int, concurrency: int | None = None) -> None:
        self._cost = cost
        slots = concurrency or max(2, os.cpu_count() or 1)
        self._queue = PasswordQueue(slots)
        self._pool = ThreadPoolExecutor(max_workers=slots, thread_name_prefix="bcrypt")
        self._strangers_pool = ThreadPoolExecutor(slots, "bcrypt-strangers", initializer=_step_back)
        # What an unknown account is verified against, so that it costs the same as a known one. It is the hash of no
        # known password, and making one would cost each start as much as a sign-in.
        self._nobody = bcrypt.gensalt(cost) + b"." * DIGEST_CHARACTERS

    async def hash(self, password: str, caller: Caller = THE_SERVER) -> str:
        """The bcrypt hash of a password that `check_new_password` accepted. Raises ServiceBusy."""
        return (await self._run(caller, bcrypt.hashpw, password.encode(), bcrypt.gensalt(self._cost))).decode()

    async def hash_issued(self, issued: Sequence[str], caller: Caller = THE_SERVER) -> list[str]:
        """The hashes of passwords of so much randomness that nobody guesses them: with the least work. Raises
        ServiceBusy.
        """
        async with self._queue.slot(caller):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, lambda: [_hash_cheaply(password) for password in issued])

    async def verify(self, password: str, password_hash: str | None, caller: Caller = THE_SERVER) -> bool:
        """Whether the password has this hash. Without a hash the answer is no, after the same work.

        Raises ServiceBusy.
        """
        encoded = _encoded(password)
        usable = encoded is not None and len(encoded) <= MAX_BYTES and password_hash is not None
        matches = await self._run(
            caller,
            self._matches,
            encoded[:MAX_BYTES] if encoded else b"",
            password_hash.encode() if password_hash is not None else self._nobody,
        )
        CHECKED.inc()
        return usable and matches

    def _matches(self, password: bytes, password_hash: bytes) -> bool:
        """Whether it does; after the work of the configured cost, where the hash is one of an issued password, or of a
        predecessor, too.
        """
        if password_hash.startswith((_CHEAP, _OLD)) and not self._nobody.startswith(_CHEAP):
            bcrypt.checkpw(password, self._nobody)
        return bcrypt.checkpw(password, password_hash)

    @property
    def waiting(self) -> int:
        """How many passwords wait to be worked on."""
        return self._queue.waiting

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False)
        self._strangers_pool.shutdown(wait=False)

    async def _run(self, caller: Caller, function: Callable[[bytes, bytes], T], password: bytes, salt: bytes) -> T:
        async with self._queue.slot(caller):
            pool = self._pool if caller.is_known else self._strangers_pool
            return await asyncio.get_running_loop().run_in_executor(pool, function, password, salt)


def _hash_cheaply(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def _step_back() -> None:
    """Let the rest of the server have the processor first. Only Linux knows of a thread's own priority."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), STRANGERS_NICENESS)


def _encoded(password: str) -> bytes | None:
    try:
        return password.encode()
    except UnicodeEncodeError:
        return None

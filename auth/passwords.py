"""Passwords: bcrypt away from the event loop, a bounded number at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from models.errors import InvalidInput

T = TypeVar("T")

MIN_CHARACTERS = 6
MAX_BYTES = 72
"""bcrypt reads no further."""


def check_new_password(password: str, *, path: tuple[str, ...]) -> None:
    """Refuse a password shorter than 6 characters or longer than 72 bytes."""
    if len(password) < MIN_CHARACTERS:
        raise InvalidInput(f"A password has at least {MIN_CHARACTERS} characters.", path=path)
    if "\0" in password or (encoded := _encoded(password)) is None:
        raise InvalidInput("The password contains a character that cannot be stored.", path=path)
    if len(encoded) > MAX_BYTES:
        raise InvalidInput(f"A password has at most {MAX_BYTES} bytes in UTF-8.", path=path)


class PasswordHasher:
    """Hashes and verifies, at most `concurrency` at a time; more callers wait in order."""

    def __init__(self, *, cost: int, concurrency: int = 2) -> None:
        self._cost = cost
        self._pool = ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="bcrypt")
        # What an unknown account is verified against, so that it costs the same as a known one.
        self._nobody = bcrypt.hashpw(b"nobody", bcrypt.gensalt(cost))

    async def hash(self, password: str) -> str:
        """The bcrypt hash of a password that `check_new_password` accepted."""
        return (await self._run(bcrypt.hashpw, password.encode(), bcrypt.gensalt(self._cost))).decode()

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password has this hash. Without a hash the answer is no, after the same work."""
        encoded = _encoded(password)
        usable = encoded is not None and len(encoded) <= MAX_BYTES and password_hash is not None
        matches = await self._run(
            bcrypt.checkpw,
            encoded[:MAX_BYTES] if encoded else b"",
            password_hash.encode() if password_hash is not None else self._nobody,
        )
        return usable and matches

    def close(self) -> None:
        """Let the threads end."""
        self._pool.shutdown(wait=False)

    async def _run(self, function: Callable[[bytes, bytes], T], password: bytes, salt: bytes) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, function, password, salt)


def _encoded(password: str) -> bytes | None:
    try:
        return password.encode()
    except UnicodeEncodeError:
        return None

"""File storage, and the signed paths with which a browser fetches a private file."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import anyio
import structlog

from auth.encryption import KeyedHashes
from models.errors import Unavailable
from models.private_files import make_folder, write_file

SIGNATURE_LIFETIME = timedelta(hours=1)

log = structlog.get_logger()


class Storage(Protocol):
    """Keeps files by folder and name, both of them chosen by this product."""

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Keep a file; it is complete once it can be got. Raises Unavailable when there is no room for it."""

    async def get(self, folder: str, name: str) -> bytes | None:
        """A file's content, or None."""

    async def remove(self, folder: str, name: str) -> None:
        """Keep a file no more, if it is kept."""


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Write the file under another name first, so that nobody reads half of it."""
        try:
            await anyio.to_thread.run_sync(self._write, self._root / folder / name, content)
        except OSError as error:
            log.warning("files_unavailable", kind=type(error).__name__, reason=str(error))
            raise Unavailable from error

    async def get(self, folder: str, name: str) -> bytes | None:
        """Read the file."""
        return await anyio.to_thread.run_sync(self._read, self._root / folder / name)

    async def remove(self, folder: str, name: str) -> None:
        """Delete the file."""
        path = self._root / folder / name
        await anyio.to_thread.run_sync(lambda: path.unlink(missing_ok=True))

    def _write(self, path: Path, content: bytes) -> None:
        make_folder(path.parent)
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        try:
            write_file(unfinished, content)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


class PathSigner:
    """Signs paths for an hour: old clients put them into `<img>`, which sends no token."""

    def __init__(self, *secrets: str) -> None:
        self._hashes = KeyedHashes.derived(secrets, "signed paths")

    def sign(self, path: str, *, now: datetime) -> str:
        """The path with the query string that proves it until it expires."""
        expires = str(int((now + SIGNATURE_LIFETIME).timestamp()))
        return f"{path}?expires={expires}&signature={self._hashes.make(_text(path, expires))}"

    def verify(self, path: str, *, expires: str, signature: str, now: datetime) -> bool:
        """Whether `sign` made this signature for the path, and it has not expired."""
        genuine = self._hashes.recognise(signature, _text(path, expires))
        return genuine and now.timestamp() < int(expires)  # what is genuine is a number


def _text(path: str, expires: str) -> str:
    return f"{path}\n{expires}"

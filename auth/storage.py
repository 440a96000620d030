"""File storage, and the signed paths with which a browser fetches a private file."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Protocol

import anyio
import structlog

from auth.encryption import KeyedHashes
from models.errors import Unavailable
from models.private_files import make_folder, write_file

SIGNATURE_LIFETIME = timedelta(hours=1)

log = structlog.get_logger()


class StoredName(NamedTuple):
    """What is known of a file without its content."""

    name: str
    size: int
    modified_at: datetime


class Storage(Protocol):
    """Keeps files by folder and name, both of them chosen by this product."""

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Keep a file; it is complete once it can be got. Raises Unavailable when there is no room for it."""

    async def get(self, folder: str, name: str) -> bytes | None:
        """A file's content, or None. Raises Unavailable when it cannot be told."""

    async def remove(self, folder: str, name: str) -> None:
        """Keep a file no more, if it is kept. Raises Unavailable when that cannot be done."""

    async def names(self, folder: str, start: str = "") -> list[StoredName]:
        """The files of a folder whose names begin so, in any order. Raises Unavailable when that cannot be told."""


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, folder: str, name: str, content: bytes) -> None:
        """Write the file under another name first, so that nobody reads half of it."""
        with _answering():
            await anyio.to_thread.run_sync(self._write, self._root / folder / name, content)

    async def get(self, folder: str, name: str) -> bytes | None:
        """Read the file."""
        with _answering():
            return await anyio.to_thread.run_sync(self._read, self._root / folder / name)

    async def remove(self, folder: str, name: str) -> None:
        """Delete the file."""
        path = self._root / folder / name
        with _answering():
            await anyio.to_thread.run_sync(lambda: path.unlink(missing_ok=True))

    async def names(self, folder: str, start: str = "") -> list[StoredName]:
        """List the files, those that were never finished included: they begin with a dot."""
        with _answering():
            return await anyio.to_thread.run_sync(self._names, self._root / folder, start)

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

    def _names(self, folder: Path, start: str) -> list[StoredName]:
        found = []
        with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.removeprefix(".").startswith(start):
                    with contextlib.suppress(FileNotFoundError):  # removed meanwhile
                        about = entry.stat()
                        found.append(StoredName(entry.name, about.st_size, datetime.fromtimestamp(about.st_mtime, UTC)))
        return found


@contextmanager
def _answering() -> Iterator[None]:
    """Raise Unavailable where the folder does not do what it is asked for, and log why."""
    try:
        yield
    except OSError as error:
        log.warning("files_unavailable", kind=type(error).__name__, reason=str(error))
        raise Unavailable from error


class PathSigner:
    """Signs paths for an hour: old clients put them into `<img>`, which sends no token."""

    def __init__(self, *secrets: str) -> None:
        self._hashes = KeyedHashes.derived(secrets, "signed paths")

    def sign(self, path: str, *, now: datetime, bound_to: str = "") -> str:
        """The path with the query string that proves it until it expires, as long as it is bound to the same."""
        expires = str(int((now + SIGNATURE_LIFETIME).timestamp()))
        return f"{path}?expires={expires}&signature={self._hashes.make(_text(path, expires, bound_to))}"

    def verify(self, path: str, *, expires: str, signature: str, now: datetime, bound_to: str = "") -> bool:
        """Whether `sign` made this signature for the path, and it has not expired."""
        genuine = self._hashes.recognise(signature, _text(path, expires, bound_to))
        return genuine and now.timestamp() < int(expires)  # what is genuine is a number


def _text(path: str, expires: str, bound_to: str) -> str:
    return "\n".join([path, expires, *([bound_to] if bound_to else [])])

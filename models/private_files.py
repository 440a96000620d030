"""Files of the product are for the user that runs it alone: folders 0700, files 0600."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600
UMASK = 0o077
"""Of a process that serves or works on data, for the files that libraries make."""
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(path: Path) -> None:
    """Make a folder and those that it stands in, where they are missing."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=FOLDER_MODE, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file where there is none; whoever opens it by its name keeps its mode."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, FILE_MODE))


def write_file(path: Path, content: bytes) -> None:
    """Write a file."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, FILE_MODE), "wb") as file:
        file.write(content)


def shared_paths(data_dir: Path, database: Path | None) -> Iterator[Path]:
    """What other users of the machine may open: the data directory, what stands in it, and the database's files.

    Of the files of `storage` and `outbox` none is looked at, however many there are: who may not enter the folder may
    not open them either.
    """
    paths = [data_dir, *data_dir.glob("*"), *data_dir.glob("storage/*")]
    if database is not None:
        paths += [database, *(database.with_name(database.name + suffix) for suffix in ("-wal", "-shm"))]
    for path in dict.fromkeys(paths):
        try:
            mode = path.lstat().st_mode
        except OSError:  # it went away, or this process may not look at it either
            continue
        if mode & _OF_OTHERS and (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            yield path


def make_private(path: Path) -> None:
    """Take the permissions of group and others away. Raises OSError, for example where the file is another user's."""
    path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OF_OTHERS)

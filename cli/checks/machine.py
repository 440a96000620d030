"""Checks of the machine: the data directory and its disk."""

import shutil
import tempfile
from pathlib import Path
from shlex import quote

from cli.checks.finding import Finding, fault, good, note
from models.private_files import shared_paths
from models.settings import Settings

MAX_NAMED = 5
"""The files that are named of those that others may open."""

FULL_BYTES = 200_000_000
"""With less room than this, writes are about to fail."""
SCARCE_BYTES = 2_000_000_000
_MEGABYTE = 1_000_000


def data_directory(settings: Settings) -> list[Finding]:
    """Whether files can be written, and how many more."""
    folder = settings.data_dir.absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return [fault("data directory", f"{existing} is not writable ({error.strerror}): change DATA_DIR or its owner")]
    made = "" if existing == folder else ", made at the first start"
    return [good("data directory", f"{folder}{made}"), room(existing, shutil.disk_usage(existing).free)]


def room(folder: Path, free: int) -> Finding:
    """What so many free bytes mean."""
    text = f"{free // _MEGABYTE} MB free at {folder}"
    if free < FULL_BYTES:
        return fault("disk", f"{text}: make room before writes fail")
    return note("disk", f"only {text}") if free < SCARCE_BYTES else good("disk", text)


def files(settings: Settings) -> Finding:
    """Whether other users of the machine may open what the server made."""
    shared = [str(path.absolute()) for path in shared_paths(settings.data_dir, settings.sqlite_file)]
    if not shared:
        return good("files", "other users of this machine may open none of them")
    named = " ".join(map(quote, shared[:MAX_NAMED]))
    more = f" and {len(shared) - MAX_NAMED} more" if len(shared) > MAX_NAMED else ""
    text = f"others may open {named}{more}; the server takes that away when it starts, or: chmod go= {named}"
    return note("files", text)

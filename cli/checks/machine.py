"""Checks of the machine: the data directory and its disk."""

import shutil
import tempfile
from pathlib import Path

from cli.checks.finding import Finding, fault, good, note
from models.settings import Settings

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

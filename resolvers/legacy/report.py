"""The report of what was not moved in: a CSV file, or JSON lines.

Its lines are on the disk before their rows' transaction is committed, which notes the report's length: whoever goes on
after a kill cuts off what belongs to rows that were not.
"""

import csv
import io
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from resolvers.legacy.batch import Refusal
from resolvers.spreadsheets import harmless, shortened

HEADINGS = ("kind", "row", "id", "reason")
_MARK = b"\xef\xbb\xbf"
"""The byte order mark, without which spreadsheets take UTF-8 for something else."""


class Report:
    """A file of refused rows, which goes on from a length that it had."""

    def __init__(self, path: Path, *, length: int) -> None:
        self._path = path
        self._is_csv = path.suffix.lower() != ".jsonl"
        goes_on = length > 0 and path.exists() and path.stat().st_size >= length
        self._file = path.open("r+b" if goes_on else "wb")
        if goes_on:
            self._file.truncate(length)
            self._file.seek(length)
        elif self._is_csv:
            self._file.write(_MARK + _line(HEADINGS))

    def add(self, refusals: Sequence[Refusal]) -> int:
        """Write refusals to the disk; the length of the report with them. Raises OSError, which names the file."""
        try:
            return self._add(refusals)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._path)) from None

    def _add(self, refusals: Sequence[Refusal]) -> int:
        for each in refusals:
            if self._is_csv:
                texts = (harmless(shortened(text)) for text in (each.old_id, each.reason))
                self._file.write(_line((each.kind, each.number, *texts)))
            else:
                values = {name: _storable(value) for name, value in zip(HEADINGS, each, strict=True)}
                self._file.write(orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE))
        self._file.flush()
        if refusals:
            os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        """Close the file; what could not be written was told when it was."""
        with suppress(OSError):
            self._file.close()


def _storable(value: object) -> object:
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _line(values: Sequence[object]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue().encode(errors="replace")

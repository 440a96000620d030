"""Writing .xlsx files row by row: rows are on the disk at once, and files of any length take little memory."""

import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

import anyio

from models.errors import Unavailable
from models.private_files import make_folder
from resolvers.spreadsheets import shortened

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS: Final = 1_048_575
"""The rows of a sheet, below its headings."""
MAX_EXACT: Final = 10**15
"""Whole numbers from here on lose digits in a spreadsheet, so that they are written as texts."""
PIECE: Final = 64 * 1024


class Sheets:
    """The sheets of a file that is being written."""

    def __init__(self, file: IO[bytes], scratch: Path) -> None:
        import xlsxwriter  # by who writes the first file, not at the start

        # Row by row: cells that were kept as objects would be walked by each collection of garbage.
        self._book: Any = xlsxwriter.Workbook(
            file, {"constant_memory": True, "use_zip64": True, "tmpdir": str(scratch)}
        )
        self._file = file

    def begin(self, title: str, headings: Iterable[str]) -> None:
        """Begin the next sheet."""
        self._sheet, self._row = self._book.add_worksheet(title), 0
        self.add(headings)

    def add(self, cells: Iterable[Any]) -> None:
        """Write the next row: texts as texts, which must not become formulas, and numbers as numbers."""
        sheet, row = self._sheet, self._row
        for column, cell in enumerate(cells):
            if isinstance(cell, bool):
                sheet.write_boolean(row, column, cell)
            elif isinstance(cell, int | float) and abs(cell) < MAX_EXACT:
                sheet.write_number(row, column, cell)
            elif cell not in (None, ""):
                sheet.write_string(row, column, shortened(str(cell)))
        self._row += 1

    @property
    def rows(self) -> int:
        """How many rows the sheet has, below its headings."""
        return self._row - 1

    async def add_all(self, rows: Iterable[Iterable[Any]]) -> None:
        """Write rows beside the event loop."""

        def write() -> None:
            for row in rows:
                self.add(row)

        await anyio.to_thread.run_sync(write)

    async def done(self) -> int:
        """The size of the whole file, which is packed now, beside the event loop.

        Raises Unavailable where the disk refuses.
        """
        from xlsxwriter.exceptions import FileCreateError

        try:
            await anyio.to_thread.run_sync(self._book.close)
        except FileCreateError as error:
            raise Unavailable from error
        self._file.seek(0, 2)
        return self._file.tell()


@contextmanager
def on_disk(scratch: Path) -> Iterator[IO[bytes]]:
    """A file without a name, to be filled in the block. It is gone when it is closed; where the block fails, at once.

    Raises Unavailable where the disk refuses.
    """
    try:
        make_folder(scratch)
        file = cast("IO[bytes]", tempfile.TemporaryFile(dir=scratch))  # noqa: SIM115 -- who reads it closes it
        try:
            yield file
        except BaseException:
            file.close()
            raise
    except OSError as error:
        raise Unavailable from error


async def content_of(file: IO[bytes]) -> AsyncIterator[bytes]:
    """What a file holds, in pieces; it is closed then."""
    with file:
        file.seek(0)
        while piece := await anyio.to_thread.run_sync(file.read, PIECE):
            yield piece

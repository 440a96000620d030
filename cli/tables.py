"""Table files: .csv in UTF-8 or GB18030, and .xlsx, read row by row."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

ENCODINGS = ("utf-8-sig", "gb18030")
_DELIMITERS = ",;\t"
_BLOCK = 1024 * 1024


class UnreadableTable(Exception):
    """The file is no table; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its cells as text, or the `problem` with it.

    `number` is what an editor or a spreadsheet shows beside it. `position` says how much of the table's
    size is read.
    """

    number: int
    position: int
    cells: Sequence[str] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file opened as a table. `rows` can be read once."""

    size: int
    rows: Iterator[Row]


def open_table(path: Path) -> Table:
    """The table in the file, by the ending of its name. Raises UnreadableTable."""
    try:
        match path.suffix.lower():
            case ".csv":
                return _csv(path)
            case ".xlsx":
                return _xlsx(path)
    except OSError as error:
        raise UnreadableTable(f"{path} cannot be read: {error.strerror or error}.") from None
    raise UnreadableTable(f"{path} is neither .csv nor .xlsx. Save the table as one of them.")


def _csv(path: Path) -> Table:
    encoding = _encoding(path)
    return Table(path.stat().st_size, _csv_rows(path, encoding))


def _encoding(path: Path) -> str:
    for encoding in ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnreadableTable(f"{path} is neither UTF-8 nor GB18030. Save it as “CSV UTF-8”.")


def _csv_rows(path: Path, encoding: str) -> Iterator[Row]:
    """Line by line, so that a quotation mark that is never closed spoils one line and not the rest of the file."""
    delimiter = None
    with path.open("rb") as file:
        for number, line in enumerate(TextIOWrapper(file, encoding), 1):
            if not line.strip():
                continue
            if delimiter is None:
                delimiter = max(_DELIMITERS, key=line.count)
            position = file.tell()
            try:
                cells = next(csv.reader([line], delimiter=delimiter, strict=True))
            except csv.Error as error:
                yield Row(number, position, problem=f"the line is not valid CSV: {error}")
                continue
            yield from _row(number, position, cells)


def _xlsx(path: Path) -> Table:
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheet = workbook.get_sheet_by_index(0)
    except (CalamineError, IndexError) as error:
        raise UnreadableTable(f"{path} is not a workbook that can be read: {error}.") from None
    return Table(sheet.height, _xlsx_rows(sheet))


def _xlsx_rows(sheet: Any) -> Iterator[Row]:
    for number, values in enumerate(sheet.iter_rows(), 1):  # from the top, with the empty rows
        yield from _row(number, number, [_text(value) for value in values])


def _row(number: int, position: int, cells: Sequence[str]) -> Iterator[Row]:
    stripped = [cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    if not stripped:
        return
    if any("\0" in cell for cell in stripped):
        yield Row(number, position, problem="a cell contains the NUL character")
        return
    yield Row(number, position, stripped)


def _text(value: object) -> str:
    # A spreadsheet keeps an account as a number, and numbers as floats.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

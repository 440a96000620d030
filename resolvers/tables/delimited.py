"""Text files: cells between commas, semicolons, tabs or bars, perhaps in quotation marks."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import TextIOWrapper
from typing import BinaryIO, Final

from models.language import Detail, Message
from resolvers.tables.encodings import encoding_of
from resolvers.tables.rows import Row, Table

_DELIMITERS: Final = ",;\t|，"
_SAMPLE: Final = 20
"""The lines that the delimiter is chosen by."""
_MAX_LINES: Final = 256
"""Of one cell: a spreadsheet takes 253 line breaks. A quotation mark that is not closed by then never is."""
_UNCLOSED: Final = "unexpected end of data"
_REASONS: Final = {_UNCLOSED: Message("a quotation mark is not closed")}
"""What Python's reader says, where it says it in a few words; all else is about quotation marks in wrong places."""
_STATED: Final = re.compile(r'"?sep=(.)"?[;,\t]*', re.IGNORECASE)
"""What spreadsheets read as the delimiter, in a first line of its own."""


def open_text(file: BinaryIO, name: str) -> Table:
    """The table in a text file. Raises UnreadableTable."""
    encoding = encoding_of(file, name)
    size = file.seek(0, 2)
    return Table("", size, lambda: _rows(file, encoding))


class _Lines:
    """Numbered lines that can be given back."""

    def __init__(self, text: Iterable[str]) -> None:
        self._lines = enumerate(text, 1)
        self._waiting: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str] | None:
        """The next line; None at the end."""
        return self._waiting.popleft() if self._waiting else next(self._lines, None)

    def give_back(self, lines: Sequence[tuple[int, str]]) -> None:
        """Take these next."""
        self._waiting.extendleft(reversed(lines))

    def to_quotation_mark(self, most: int) -> list[tuple[int, str]]:
        """The lines up to one with a quotation mark; none where that is further away."""
        taken: list[tuple[int, str]] = []
        while len(taken) < most and (line := self.take()) is not None:
            taken.append(line)
            if '"' in line[1]:
                return taken
        self.give_back(taken)
        return []


def _rows(file: BinaryIO, encoding: str) -> Iterator[Row]:
    file.seek(0)
    text = TextIOWrapper(file, encoding, newline="")
    try:
        lines = _Lines(text)
        delimiter = _delimiter(lines)
        while (line := lines.take()) is not None:
            if line[1].strip():
                yield from _row(line[0], file.tell(), _cells(line, lines, delimiter))
    finally:
        with suppress(ValueError):  # the file was closed before its rows were read
            text.detach()


def _delimiter(lines: _Lines) -> str:
    """What a first line states, which is taken away; or else what is in most lines, then most often."""
    first = lines.take()
    if first is None:
        return _DELIMITERS[0]
    if stated := _STATED.fullmatch(first[1].rstrip("\r\n")):
        return stated[1]
    sample = [first]
    while len(sample) < _SAMPLE and (line := lines.take()) is not None:
        sample.append(line)
    lines.give_back(sample)
    counts = {each: [line.count(each) for _, line in sample] for each in _DELIMITERS}
    return max(_DELIMITERS, key=lambda each: (sum(map(bool, counts[each])), sum(counts[each])))


def _cells(first: tuple[int, str], lines: _Lines, delimiter: str) -> list[str] | csv.Error:
    """The cells of the row that begins with a line: with the lines after it while a quotation mark is open.

    If that gives no row, the first line alone is spoilt, and not the rest of the file.
    """
    taken = [first]
    while True:
        try:
            return next(csv.reader((line for _, line in taken), delimiter=delimiter, strict=True))
        except csv.Error as error:
            follow = lines.to_quotation_mark(_MAX_LINES - len(taken)) if str(error) == _UNCLOSED else []
            if not follow:
                lines.give_back(taken[1:])
                return error
            taken += follow


def _row(number: int, position: int, cells: list[str] | csv.Error) -> Iterator[Row]:
    if isinstance(cells, csv.Error):
        reason = Detail(str(cells), _REASONS.get(str(cells), Message("a quotation mark is out of place")))
        yield Row(number, position, problem=Message("the line is not valid CSV: {reason}", reason=reason))
        return
    written = {column: cell for column, cell in enumerate(cells) if cell.strip()}
    if any("\0" in cell for cell in written.values()):
        yield Row(number, position, problem=Message("a cell contains the NUL character"))
    elif written:
        yield Row(number, position, written, width=max(written) + 1)

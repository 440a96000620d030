"""What hears of a worksheet's XML: its cells, and which of them are merged."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from models.language import Message
from resolvers.tables.number_formats import shown
from resolvers.tables.parts import MAX_TEXT, Attributes, Damaged, Strings, unescaped

MAX_COLUMNS: Final = 256
"""What stands further to the right is not read."""
MAX_MERGES: Final = 100_000
_MAX_ROWS: Final = 1_048_576
_REFERENCE: Final = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})", re.ASCII)
_TRUE_OR_FALSE: Final = {"0": "FALSE", "1": "TRUE"}


class Cell(NamedTuple):
    """A cell that is not empty: its text, or what is wrong with it."""

    text: str
    problem: Message | None = None


class Shared(NamedTuple):
    """What the cells of a workbook share: texts, the number format of each style, and the epoch of dates."""

    strings: Sequence[str]
    formats: Sequence[str]
    is_1904: bool


class Cells:
    """Gathers the rows that have cells which are not empty."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._rows: list[tuple[int, dict[int, Cell]]] = []
        self._number, self._column = 0, -1
        self._cells: dict[int, Cell] = {}
        self._attributes: Attributes = {}
        self._value: list[str] | None = None
        self._length = 0
        self._inline = Strings()
        self._is_value = self._is_cell = self._has_formula = False

    def taken(self) -> list[tuple[int, dict[int, Cell]]]:
        """The rows that were gathered since this was called."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: Attributes) -> None:
        """Of a row, a cell, or something in it."""
        if name == "row":
            self._number, self._column, self._cells = int(attributes.get("r", self._number + 1)), -1, {}
            if not 1 <= self._number <= _MAX_ROWS:
                raise Damaged("there is no row {number}", number=self._number)
        elif name == "c":
            self._column = column_of(attributes["r"]) if "r" in attributes else self._column + 1
            self._attributes, self._value, self._length = attributes, None, 0
            self._inline.found.clear()
            self._is_cell, self._has_formula = self._column < MAX_COLUMNS, False
        elif name == "f":
            self._has_formula = True
        elif name == "v":
            self._value, self._is_value = [], True
        elif self._is_cell:
            self._inline.start(name, attributes)

    def text(self, text: str) -> None:
        """Of a value, or of a text in the cell itself."""
        if self._is_value and self._value is not None:
            self._value.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise Damaged("a cell has more than {maximum} characters", maximum=MAX_TEXT)
        elif self._is_cell:
            self._inline.text(text)

    def end(self, name: str) -> None:
        """Of a row, a cell, or something in it."""
        if name == "row" and self._cells:
            self._rows.append((self._number, self._cells))
        elif name == "c":
            if self._is_cell and (cell := self._cell()) is not None:
                self._cells[self._column] = cell
            self._is_cell = False
        elif name == "v":
            self._is_value = False
        elif self._is_cell:
            self._inline.end(name)

    def _cell(self) -> Cell | None:
        if self._inline.found:
            return _text(self._inline.found[0])
        value = "".join(self._value or ())
        kind = self._attributes.get("t", "n")
        if self._has_formula and not value and (kind != "str" or self._value is None):
            return Cell("", Message("holds a formula without its result"))
        if self._value is None:
            return None
        if kind == "s":
            number = int(value)
            if not 0 <= number < len(self._shared.strings):
                raise Damaged("there is no text {number}", number=number)
            return _text(self._shared.strings[number])
        if kind == "e":
            return Cell("", Message("holds the error {error}", error=value))
        if kind == "b":
            return _text(_TRUE_OR_FALSE.get(value, value))
        if kind == "n" and value.strip():
            return _text(shown(value, self._format(), is_1904=self._shared.is_1904))
        return _text(unescaped(value))

    def _format(self) -> str:
        style = int(self._attributes.get("s", "0"))
        return self._shared.formats[style] if 0 <= style < len(self._shared.formats) else ""


class Merges:
    """Gathers merged cells of several rows: by their first row and first column, the last row."""

    def __init__(self) -> None:
        self.found: dict[int, dict[int, int]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Of a range of merged cells."""
        if name != "mergeCell":
            return
        first, _, last = attributes.get("ref", "").partition(":")
        begins, ends = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
        if begins and ends and int(ends[2]) > int(begins[2]) and column_of(first) < MAX_COLUMNS:
            self.found.setdefault(int(begins[2]), {})[column_of(first)] = int(ends[2])
            if len(self.found) > MAX_MERGES:
                raise Damaged("more than {maximum} rows begin merged cells", maximum=MAX_MERGES)

    def text(self, text: str) -> None:
        """Nothing is said in texts."""

    def end(self, name: str) -> None:
        """Nothing is said by ends."""


def column_of(reference: str) -> int:
    """The column of a reference, from 0: B7 is 1. Raises Damaged."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise Damaged("there is no cell {reference}", reference=reference[:20])
    number = 0
    for letter in found[1].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _text(text: str) -> Cell | None:
    if "\0" in text:
        return Cell("", Message("contains the NUL character"))
    return Cell(text) if text.strip() else None

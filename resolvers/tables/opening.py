"""Which kind of file it is, and where in it the table begins."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

from models.language import Message
from resolvers.tables.delimited import open_text
from resolvers.tables.rows import Row, Table, UnreadableTable
from resolvers.tables.workbooks import open_workbook

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAX_TITLE: Final = 20
"""The rows that may stand above the headings."""
_BRACKETS: Final = re.compile(
    r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|【[^【】]*】|〔[^〔〕]*〕|〖[^〖〗]*〗|<[^<>]*>|《[^《》]*》"
)
_HINTS: Final = re.compile(
    r"^(?:必填|选填|必須|必须|可选|可空)项?|(?:必填|选填|必須|必须|可选|可空|required|optional)项?$"
)
_ORNAMENT: Final = re.compile(r"[\s*✱＊★☆※⁎∗#:：_\-–—.。、,!?·]+")
_ALTERNATIVES: Final = re.compile(r"[/|\n\r]+")


@dataclass(frozen=True, slots=True)
class Headings:
    """The row that names the columns: the field of each, by column."""

    row: Row
    fields: Mapping[int, str]

    def repeated_by(self, row: Row) -> bool:
        """Whether a row names the columns again, as at the top of a printed page or in merged headings."""
        return all(row.cells.get(column) == self.row.cells[column] for column in self.fields)


@dataclass(frozen=True, slots=True)
class Found:
    """A table whose columns are named: `rows` are those below. `unread` names the other sheets that are not empty."""

    table: Table
    headings: Headings
    rows: Iterator[Row]
    unread: Sequence[str]


def find_table(file: BinaryIO, name: str, known: Mapping[str, Sequence[str]], required: Collection[str]) -> Found:
    """The first table of the file that names the required fields; `known` are the headings of each field.

    `name` is that of the file, whose ending says its kind. Raises UnreadableTable.
    """
    tables = _opened(file, name)
    refusals: list[UnreadableTable] = []
    for table in tables:
        rows = table.rows()
        try:
            headings = _headings(rows, known, required)
        except UnreadableTable as refusal:
            refusals.append(refusal)
            continue
        below = (row for row in rows if not headings.repeated_by(row))
        unread = [other.name for other in tables if other is not table and not _is_empty(other)]
        return Found(table, headings, below, unread)
    raise refusals[0]


def _is_empty(table: Table) -> bool:
    try:
        return next(table.rows(), None) is None
    except UnreadableTable:
        return False


def _opened(file: BinaryIO, name: str) -> Sequence[Table]:
    ending = name.lower().rpartition(".")[2]
    beginning = file.read(8)
    if ending in {"csv", "txt", "tsv", "xls", "xlsx", "xlsm"}:
        if beginning.startswith(_OLE):
            raise UnreadableTable("{name} is an .xls file or has a password. Save it as .xlsx without one.", name=name)
        if beginning.startswith(_ZIP) or ending in {"xlsx", "xlsm"}:
            return open_workbook(file, name)
        if ending != "xls":
            return [open_text(file, name)]
    raise UnreadableTable("{name} is neither .csv nor .xlsx. Save the table as one of them.", name=name)


def _headings(rows: Iterator[Row], known: Mapping[str, Sequence[str]], required: Collection[str]) -> Headings:
    """The first row that names the required fields; above it may be a title. Raises UnreadableTable."""
    fields = {_plain(heading): field for field, headings in known.items() for heading in headings}
    best: Headings | None = None
    for row in islice(rows, _MAX_TITLE):
        named = {column: field for column, cell in row.cells.items() if (field := _field(cell, fields)) is not None}
        is_complete = set(required) <= set(named.values())
        if is_complete or best is None or len(named) > len(best.fields):
            best = Headings(row, named)
        if is_complete:
            break
    if best is None:
        names = " ".join(headings[0] for headings in known.values())
        raise UnreadableTable("The file is empty. Its first row names the columns: {names}.", names=names)
    for field, headings in known.items():
        either = Message("{first} or {second}", first=headings[0], second=headings[1])
        if list(best.fields.values()).count(field) > 1:
            raise UnreadableTable("Line {line} names {names} more than once.", line=best.row.number, names=either)
        if field in required and field not in best.fields.values():
            if best.row.problem:
                raise UnreadableTable("Line {line}: {problem}.", line=best.row.number, problem=best.row.problem)
            found = ", ".join(cell.strip() for cell in best.row.cells.values())
            raise UnreadableTable(
                "None of the first {rows} rows names the columns: {names} is missing. Line {line} has: {cells}.",
                rows=_MAX_TITLE,
                names=either,
                line=best.row.number,
                cells=found[:200],
            )
    return best


def _field(heading: str, fields: Mapping[str, str]) -> str | None:
    """The field that a heading names, perhaps in two languages."""
    if (field := fields.get(_plain(heading))) is not None:
        return field
    meant = {fields.get(_plain(part)) for part in _ALTERNATIVES.split(heading) if part.strip()}
    return meant.pop() if len(meant) == 1 else None


def _plain(heading: str) -> str:
    """A heading without spaces, stars, hints in brackets and whether it is required: *学 号（10 位）必填 is 学号."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    plain = _ORNAMENT.sub("", _BRACKETS.sub("", text)) or re.sub(r"\W", "", text)
    return _HINTS.sub("", plain) or plain

"""Workbooks (.xlsx): the visible worksheets, cell by cell as they stand in the file.

What a sheet claims of itself is not believed: neither its extent nor that of merged cells is laid out, so that a stray
cell far off costs what any other cell costs.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from models.language import Message
from resolvers.tables.number_formats import BUILT_IN
from resolvers.tables.parts import MAX_SHEET, Parts, Strings
from resolvers.tables.rows import Row, Table
from resolvers.tables.sheets import Cell, Cells, Merges, Shared


def open_workbook(file: BinaryIO, name: str) -> list[Table]:
    """The visible worksheets, in their order. Raises UnreadableTable."""
    parts = Parts(file, name)
    with parts.readable():
        kinds = dict(parts.relations("").values())
        workbook = kinds.get("officeDocument", "xl/workbook.xml")
        relations = parts.relations(workbook)
        sheets: list[tuple[str, str]] = []
        is_1904 = False
        for _, element, attributes in parts.elements(workbook, "workbookPr", "sheet"):
            if element == "workbookPr":
                is_1904 = attributes.get("date1904") in {"1", "true"}
            elif attributes.get("state", "visible") == "visible":
                kind, part = relations.get(attributes.get("id", ""), ("", ""))
                if kind == "worksheet" and parts.has(part):
                    sheets.append((attributes.get("name", ""), part))
        if not sheets:
            raise parts.refusal(Message("it has no visible worksheet"))
        named = dict(relations.values())
        shared = Shared(
            _strings(parts, named.get("sharedStrings", "")), _formats(parts, named.get("styles", "")), is_1904
        )
        return [Table(title, parts.size(part), _reader(parts, part, shared)) for title, part in sheets]


def _reader(parts: Parts, part: str, shared: Shared) -> Callable[[], Iterator[Row]]:
    return lambda: _rows(parts, part, shared)


def _rows(parts: Parts, part: str, shared: Shared) -> Iterator[Row]:
    """The rows with cells of their own; in these, merged cells mean the value of the first for each row."""
    merges = Merges()
    if parts.mentions(part, b"mergeCell"):
        parts.tell(part, merges, most=MAX_SHEET)
    above: dict[int, tuple[int, Cell]] = {}
    target = Cells(shared)
    for position in parts.parse(part, target, most=MAX_SHEET):
        for number, cells in target.taken():
            values = {column: cell for column, (last, cell) in above.items() if number <= last} | cells
            begun = merges.found.get(number, {})
            above |= {column: (last, cells[column]) for column, last in begun.items() if column in cells}
            yield Row(number, position, *_texts_and_problems(values))


def _texts_and_problems(cells: Mapping[int, Cell]) -> tuple[dict[int, str], dict[int, Message]]:
    texts = {column: cell.text for column, cell in cells.items() if cell.problem is None}
    return texts, {column: cell.problem for column, cell in cells.items() if cell.problem is not None}


def _formats(parts: Parts, part: str) -> list[str]:
    """The number format of each style."""
    codes = {str(number): code for number, code in BUILT_IN.items()}
    styles = []
    for parent, element, attributes in parts.elements(part, "numFmt", "xf") if parts.has(part) else ():
        if element == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif parent == "cellXfs":
            styles.append(attributes.get("numFmtId", ""))
    return [codes.get(number, "") for number in styles]


def _strings(parts: Parts, part: str) -> list[str]:
    strings = Strings()
    if parts.has(part):
        parts.tell(part, strings)
    return strings.found

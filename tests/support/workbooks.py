"""Workbooks whose XML is written by hand: what libraries that write workbooks cannot."""

import io
from collections.abc import Mapping, Sequence
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def sheet(rows: str, *, before: str = "", after: str = "", namespace: str = MAIN) -> str:
    """A worksheet with these rows, as XML."""
    return f'<worksheet xmlns="{namespace}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def inline(*rows: Sequence[str]) -> str:
    """Rows of texts that stand in their cells."""
    return "".join(f"<row>{''.join(map(_inline_cell, row))}</row>" for row in rows)


def _inline_cell(cell: str) -> str:
    return f'<c t="inlineStr"><is><t>{cell}</t></is></c>'


def shared(*numbers: int) -> str:
    """A row of texts that stand in the workbook's list of texts, by their numbers."""
    cells = [f'<c t="s"><v>{number}</v></c>' for number in numbers]
    return f"<row>{''.join(cells)}</row>"


def workbook(
    *sheets: str,
    states: Sequence[str] = (),
    kinds: Sequence[str] = (),
    styles: str = "",
    strings: str = "",
    properties: str = "",
    parts: Mapping[str, str] | None = None,
) -> io.BytesIO:
    """A workbook of these sheets, named S1, S2 and so on."""
    listed, related = [], []
    content: dict[str, str] = {}
    for number, xml in enumerate(sheets, 1):
        state = f' state="{states[number - 1]}"' if number <= len(states) else ""
        kind = kinds[number - 1] if number <= len(kinds) else "worksheet"
        listed.append(f'<sheet name="S{number}" sheetId="{number}"{state} r:id="rId{number}"/>')
        related.append(_relation(f"rId{number}", kind, f"{kind}s/sheet{number}.xml"))
        content[f"xl/{kind}s/sheet{number}.xml"] = xml
    for name, xml in (("styles", styles), ("sharedStrings", strings)):
        if xml:
            related.append(_relation(name, name, f"/xl/{name}.xml"))
            content[f"xl/{name}.xml"] = f'<x xmlns="{MAIN}">{xml}</x>'
    content["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{properties}<sheets>{"".join(listed)}</sheets></workbook>'
    )
    content["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{_PACKAGE}">{"".join(related)}</Relationships>'
    content["_rels/.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}">{_relation("r", "officeDocument", "xl/workbook.xml")}</Relationships>'
    )
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, xml in {**content, **(parts or {})}.items():
            archive.writestr(name, xml)
    file.seek(0)
    return file


def _relation(name: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'

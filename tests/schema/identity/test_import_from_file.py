"""Students out of files that people keep, through the graph."""

import io
from typing import Any

import xlsxwriter
from sqlalchemy import text

from models.db import Database
from resolvers.identity.imports import MAX_IMPORT
from tests.support.clients import Person, Product
from tests.support.images import PREFLIGHT, with_file
from tests.support.workbooks import inline, sheet, workbook

IMPORT = """mutation($input: ImportUsersFromFileInput!) { importUsersFromFile(input: $input) {
  importedCount sheet unreadSheets rejected { line account code message } errors { code message path }
} }"""
STORED = text(
    "SELECT identifier, name, class_name, major FROM users JOIN credentials ON user_id = users.id"
    " WHERE identifier LIKE '2031%' OR identifier LIKE '0031%' ORDER BY identifier"
)


async def imported(product: Product, person: Person, content: bytes, name: str) -> dict[str, Any]:
    sent = with_file(IMPORT, {"input": {"file": None}}, "input.file", content, name)
    reply = (await product.http.post("/graphql", headers=person.bearer | PREFLIGHT, **sent)).json()
    assert "errors" not in reply, reply
    payload: dict[str, Any] = reply["data"]["importUsersFromFile"]
    return payload


def as_people_make_them() -> bytes:
    """A workbook with a hidden sheet and a chart first, a title, hints, merged cells, errors and marks."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("字典").hide()
        page, other = book.add_worksheet("名单"), book.add_worksheet("备注")
        page.activate()
        page.set_first_sheet()
        chart = book.add_chartsheet("图")
        drawn = book.add_chart({"type": "column"})
        drawn.add_series({"values": "=名单!$A$3:$A$4"})
        chart.set_chart(drawn)
        page.merge_range("A1:D1", "2031 级学生名单")
        page.write_row("A2", ["* 学 号（10位）", "姓名\n必填", "班级", "专业 [选填]"])
        zeros = book.add_format({"num_format": "0000000000"})
        page.write_number("A3", 31000001, zeros)
        page.write_row("B3", ["李\n雷", "", "软工"])
        page.write_row("A4", ["'2031000002", "韩梅梅", "", "#N/A"])
        page.write_row("A5", [2031000003, "王\ue000"])
        page.write_row("A6", [2031000004, "赵丽"])
        page.write_row("A7", [2031000004, "赵丽"])
        page.merge_range("C3:C7", "一班")
        page.write("XFD1048576", "x")
        other.write("A1", "仅供内部使用")
    return file.getvalue()


async def test_a_workbook_as_people_make_them(product: Product, database: Database) -> None:
    payload = await imported(product, await product.administrator(), as_people_make_them(), "名单.xlsx")

    rejected = payload.pop("rejected")
    assert payload == {"importedCount": 2, "sheet": "名单", "unreadSheets": ["备注"], "errors": []}
    assert [(row["line"], row["account"], row["code"]) for row in rejected] == [
        (4, "2031000002", "INVALID_INPUT"),
        (5, "2031000003", "INVALID_INPUT"),
        (7, "2031000004", "CREDENTIAL_TAKEN"),
    ]
    assert [row["message"] for row in rejected] == [
        "major holds the error #N/A.",
        "name contains U+E000, which stands for a character that was lost.",
        "The account 2031000004 exists already.",
    ]
    assert [tuple(row) for row in await database.fetch(STORED)] == [
        ("0031000001", "李雷", "一班", "软工"),
        ("2031000004", "赵丽", "一班", ""),
    ]


async def test_what_is_no_such_file_is_refused_and_changes_nothing(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    rows = "".join(f"{2031000000 + number},生{number}\n" for number in range(MAX_IMPORT + 1))
    error = '<row><c t="e"><v>#REF!</v></c><c t="str"><v>李雷</v></c></row>'
    for content, name, message in (
        (b"", "名单.csv", "The file is empty. Its first row names the columns: 学号 姓名 班级 专业."),
        ("学号,姓名\n".encode(), "名单.csv", "There are no rows below the headings."),
        (f"学号,姓名\n{rows}".encode(), "名单.csv", "A call imports at most 2000 users."),
        (b"PK\x03\x04", "名单.xlsx", "名单.xlsx is not a workbook that can be read: File is not a zip file."),
        (b"%PDF-1.7", "名单.pdf", "名单.pdf is neither .csv nor .xlsx. Save the table as one of them."),
        ("account,name\n2031000001,李雷\n".encode("gb18030"), "a.csv", "a.csv could be GB18030 as well as Big5."),
    ):
        payload = await imported(product, administrator, content, name)
        assert (payload["importedCount"], payload["rejected"]) == (None, []), name
        [refusal] = payload["errors"]
        assert (refusal["code"], refusal["path"]) == ("INVALID_INPUT", ["input", "file"])
        assert refusal["message"].startswith(message)
    only_errors = workbook(sheet(inline(("学号", "姓名")) + error)).getvalue()
    payload = await imported(product, administrator, only_errors, "名单.xlsx")
    assert (payload["importedCount"], payload["rejected"]) == (
        0,
        [{"line": 2, "account": "", "code": "INVALID_INPUT", "message": "account holds the error #REF!."}],
    )
    assert await database.fetch(STORED) == []


async def test_marks_and_damage_in_lists_too(product: Product, database: Database) -> None:
    query = """mutation($input: ImportUsersInput!) { importUsers(input: $input) {
      importedCount rejected { index account code message } errors { code } } }"""
    users = [
        {"account": "'2031000001", "name": '="李雷"', "className": "一\r\n班"},
        {"account": "2031000002", "name": "#VALUE!"},
        {"account": "2031000003", "name": "王\ufffd"},
        {"account": "#N/A", "name": "赵丽"},
    ]
    reply = await product.data(query, {"input": {"users": users}}, person=await product.administrator())
    assert reply["importUsers"]["importedCount"] == 1
    assert [(row["index"], row["account"], row["message"]) for row in reply["importUsers"]["rejected"]] == [
        (1, "2031000002", "name holds the error #VALUE!."),
        (2, "2031000003", "name contains U+FFFD, which stands for a character that was lost."),
        (3, "#N/A", "account holds the error #N/A."),
    ]
    assert [tuple(row) for row in await database.fetch(STORED)] == [
        ("2031000001", "李雷", "一班", "")
    ]  # one spelling of a class

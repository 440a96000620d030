"""Workbooks as people make them: what is read of each."""

import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from resolvers.identity.tables import find_students, listed_users
from resolvers.tables.rows import UnreadableTable
from tests.support.workbooks import STRICT, inline, shared, sheet, workbook

Read = list[tuple[int, str, str, str, str, str | None]]
HEADINGS = ("学号", "姓名", "班级", "专业")
STUDENT = ("2031000001", "李雷", "一班", "软工")
GOOD: Read = [(2, *STUDENT, None)]


def read(file: io.BytesIO, name: str = "students.xlsx") -> Read:
    """Line, account, name, class, major and problem of each row."""
    return [
        (
            row.line,
            row.user.account,
            row.user.name,
            row.user.class_name,
            row.user.major,
            None if row.problem is None else str(row.problem),
        )
        for row in listed_users(find_students(file, name))
    ]


def refused(file: io.BytesIO, name: str = "students.xlsx") -> str:
    with pytest.raises(UnreadableTable) as refusal:
        read(file, name)
    return str(refusal.value)


def written(
    *rows: Any, merges: tuple[str, ...] = (), formats: Mapping[tuple[int, int], dict[str, Any]] | None = None
) -> io.BytesIO:
    """A workbook of one sheet, as a library writes it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                style = book.add_format((formats or {}).get((number, column), {}))
                if isinstance(cell, date):
                    page.write_datetime(number, column, datetime.combine(cell, datetime.min.time()), style)
                elif cell != "":
                    page.write(number, column, cell, style)
        for merge in merges:
            first, _, _ = merge.partition(":")
            column, number = ord(first[0]) - ord("A"), int(first[1:]) - 1
            page.merge_range(merge, rows[number][column])
    file.seek(0)
    return file


def test_merged_cells_mean_their_value_for_each_row() -> None:
    file = written(
        HEADINGS,
        ("2031000001", "李雷", "一班", "软工"),
        ("2031000002", "韩梅梅", "", ""),
        ("2031000003", "王伟", "", "数学"),
        ("", "", "", ""),
        ("2031000004", "赵丽", "", "物理"),
        merges=("C2:C5", "D2:D3"),
    )
    assert read(file) == [
        (2, "2031000001", "李雷", "一班", "软工", None),
        (3, "2031000002", "韩梅梅", "一班", "软工", None),
        (4, "2031000003", "王伟", "一班", "数学", None),
        (6, "2031000004", "赵丽", "", "物理", None),
    ], "a row that has nothing but a merged cell is none"


def test_cells_merged_side_by_side_mean_the_first_and_merged_headings_are_read_once() -> None:
    file = written(
        ("2024 级学生信息表",),
        HEADINGS,
        ("", "", "", ""),
        ("2031000001", "李雷", "软件工程一班", ""),
        merges=("A1:D1", "A2:A3", "B2:B3", "C4:D4"),
    )
    assert read(file) == [(4, "2031000001", "李雷", "软件工程一班", "", None)]


@pytest.mark.parametrize(
    "headings",
    [
        ("学 号", " 姓　名 ", "班\n级", "专业:"),
        ("*学号", "＊姓名", "班级☆", "专业 *"),
        ("学号（必填）", "姓名(2-10字)", "班级【选填】", "专业 [如：软件工程]"),
        ("学号*\n（10位）", "姓名必填", "班级选填", "专业（可选）"),
        ("學號", "姓名", "班級", "專業"),
        ("学号/Account", "Name/姓名", "CLASS", "Ｍａｊｏｒ"),
        ("Account *", "Name (required)", "class_name", "major:"),
        ("\u200b学号\ufeff", "姓名", "班级", "专业"),
    ],
)
def test_headings_with_spaces_stars_and_hints(headings: tuple[str, ...]) -> None:
    assert read(written(headings, STUDENT)) == GOOD


def test_a_title_and_notes_above_the_headings_are_passed_over_and_repeated_headings_too() -> None:
    file = written(
        ("软件学院名单",), (), ("说明：请勿修改表头",), HEADINGS, STUDENT, HEADINGS, ("2031000002", "韩梅梅")
    )
    assert read(file) == [(5, *STUDENT, None), (7, "2031000002", "韩梅梅", "", "", None)]


def test_a_note_that_looks_like_headings_is_none() -> None:
    assert read(written(("班级", "专业", "软工"), ("学号", "姓名"), STUDENT[:2])) == [(3, *STUDENT[:2], "", "", None)]


def test_cells_with_text_marks_are_the_texts_they_hold() -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="49" quotePrefix="1"/></cellXfs>'
    strings = "".join(f"<si><t>{cell}</t></si>" for cell in (*HEADINGS, "2031000001"))
    rows = (
        shared(0, 1, 2, 3)
        + '<row><c s="1" t="s"><v>4</v></c><c t="inlineStr"><is><r><t>李</t></r><r><rPr><b/></rPr><t>雷</t></r>'
        '<rPh sb="0" eb="1"><t>りらい</t></rPh></is></c><c t="str"><f>A1</f><v>一班</v></c>'
        '<c t="inlineStr"><is><t xml:space="preserve"> 软_x5DE5_ </t></is></c></row>'
    )
    [(line, account, name, class_name, major, problem)] = read(workbook(sheet(rows), styles=styles, strings=strings))
    assert (line, account, name, class_name, major.strip(), problem) == (2, *STUDENT, None)


def test_runs_of_a_shared_text_are_one_text_without_their_pronunciation() -> None:
    run = "<si><r><t>李</t></r><r><rPr><b/></rPr><t>雷</t></r><rPh sb='0' eb='1'><t>リ</t></rPh><phoneticPr/></si>"
    strings = "".join(f"<si><t>{cell}</t></si>" for cell in HEADINGS) + run
    rows = shared(0, 1, 2, 3) + '<row><c><v>2031000001</v></c><c t="s"><v>4</v></c></row>'
    assert read(workbook(sheet(rows), strings=strings)) == [(2, "2031000001", "李雷", "", "", None)]


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1234567, "00000000", "01234567"),
        (31000001, "0000000000", "0031000001"),
        (2031000001, "General", "2031000001"),
        (2031000001, "0.00E+00", "2031000001"),
        (2031000001, "0E+00", "2031000001"),
        (2031000001, "#,##0", "2031000001"),
        (2031000001, '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ', "2031000001"),
        (2031000001, "@", "2031000001"),
        (1234567, '"S"00000000', "S01234567"),
        (1234567, "000\\-0000", "123-4567"),
        (1234567, "00000000;[Red]-00000000", "01234567"),
        (2024, '0"级"', "2024级"),
        (1.5, "0.00", "1.5"),
        (1.5, "[h]:mm", "1.5"),
        (-5, "000", "-5"),
        (44440, "yyyy/m/d", "2021-09-01"),
        (44440.5, 'yyyy"年"m"月"d"日" hh:mm', "2021-09-01 12:00:00"),
        (44440, "[$-804]aaaa;@", "2021-09-01"),
        (True, "General", "TRUE"),
    ],
)
def test_a_number_is_the_text_it_is_shown_as(value: float, number_format: str, text: str) -> None:
    file = written(HEADINGS, ("2031000001", "李雷", value), formats={(1, 2): {"num_format": number_format}})
    assert read(file) == [(2, "2031000001", "李雷", text, "", None)]


def test_dates_count_from_the_epoch_of_the_workbook() -> None:
    styles = '<cellXfs><xf numFmtId="14"/><xf numFmtId="31"/></cellXfs>'
    texts = '<c t="str"><v>2031000001</v></c><c t="str"><v>李雷</v></c>'
    row = f'<row>{texts}<c s="0"><v>42978</v></c><c s="1"><v>0.5</v></c></row>'
    file = workbook(sheet(inline(HEADINGS) + row), styles=styles, properties='<workbookPr date1904="1"/>')
    assert read(file) == [(2, "2031000001", "李雷", "2021-09-01", "12:00:00", None)]


def test_an_error_cell_and_a_formula_without_its_result_are_problems_of_their_rows_only() -> None:
    rows = inline(HEADINGS) + (
        '<row><c t="e"><f>X</f><v>#N/A</v></c><c t="str"><v>李雷</v></c></row>'
        '<row><c t="str"><v>2031000002</v></c><c t="e"><v>#REF!</v></c></row>'
        '<row><c t="str"><v>2031000003</v></c><c><f>VLOOKUP(A1,B:C,2)</f></c></row>'
        '<row><c t="str"><v>2031000004</v></c><c t="str"><v>王伟</v></c><c/><c/><c t="e"><v>#N/A</v></c></row>'
        '<row><c t="str"><v>2031000005</v></c><c><f>VLOOKUP(A1,B:C,2)</f><v></v></c></row>'
        '<row><c t="str"><v>2031000006</v></c><c t="str"><v>李娜</v></c><c t="str"><f>""</f><v></v></c></row>'
    )
    assert read(workbook(sheet(rows))) == [
        (2, "", "李雷", "", "", "account holds the error #N/A."),
        (3, "2031000002", "", "", "", "name holds the error #REF!."),
        (4, "2031000003", "", "", "", "name holds a formula without its result."),
        (5, "2031000004", "王伟", "", "", None),
        (6, "2031000005", "", "", "", "name holds a formula without its result."),
        (7, "2031000006", "李娜", "", "", None),
    ]


TABLE = sheet(inline(HEADINGS, STUDENT))
OTHER = sheet(inline(("填写说明",), ("学号为十位",)))


@pytest.mark.parametrize(
    ("file", "unread"),
    [
        (workbook(OTHER, TABLE, states=("hidden",)), []),
        (workbook(TABLE.replace("李雷", "别人"), TABLE, states=("veryHidden",)), []),
        (workbook("<chartsheet/>", TABLE, kinds=("chartsheet",)), []),
        (workbook(sheet(""), TABLE), []),
        (workbook(OTHER, TABLE, TABLE, sheet("")), ["S1", "S3"]),
    ],
)
def test_hidden_sheets_charts_and_sheets_without_headings_are_passed_over(file: io.BytesIO, unread: list[str]) -> None:
    assert read(file) == GOOD
    file.seek(0)
    assert find_students(file, "students.xlsx").unread == unread


def test_what_stands_far_off_or_is_claimed_is_not_laid_out() -> None:
    row = inline(STUDENT).removesuffix("</row>") + '<c r="XFD2" t="str"><v>休学</v></c></row>'
    stray = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ranges = "".join(f'<mergeCell ref="{ref}"/>' for ref in ("C2:C1048576", "E1:XFD1048576", "A1", "x"))
    claimed = '<dimension ref="A1:XFD1048576"/><cols><col min="1" max="16384"/></cols>'
    merged = f"<mergeCells>{ranges}</mergeCells>"
    file = workbook(sheet(inline(HEADINGS) + row + stray, before=claimed, after=merged))

    assert len(file.getvalue()) < 5000
    assert read(file) == GOOD
    file.seek(0)
    assert [row.number for row in find_students(file, "s.xlsx").table.rows()] == [1, 2], (
        "nothing is read of the stray cell"
    )


def test_a_stray_cell_under_a_heading_is_reported_with_its_line() -> None:
    stray = '<row r="1048576"><c r="B1048576" t="str"><v>合计</v></c></row>'
    assert read(workbook(sheet(inline(HEADINGS, STUDENT) + stray))) == [*GOOD, (1048576, "", "合计", "", "", None)]


@pytest.mark.parametrize(
    "file",
    [
        workbook(TABLE.replace("<sheetData>", "<sheetData >").replace("<row>", "<row spans='1:4'>")),
        workbook(sheet(inline(HEADINGS, STUDENT), namespace=STRICT)),
        workbook(re.sub("<(/?)", r"<\1x:", TABLE).replace("xmlns=", "xmlns:x=")),
    ],
)
def test_dialects_of_the_format(file: io.BytesIO) -> None:
    assert read(file) == GOOD


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (workbook(TABLE, states=("hidden",)), "it has no visible worksheet"),
        (workbook(TABLE.removesuffix("</worksheet>")), "no element found"),
        (workbook(sheet('<row r="1048577"/>')), "there is no row 1048577"),
        (workbook(sheet('<row r="x"/>')), "invalid literal"),
        (workbook(sheet('<row><c r="ABCD1"/></row>')), "there is no cell ABCD1"),
        (workbook(sheet('<row><c t="s"><v>7</v></c></row>')), "there is no text 7"),
        (workbook("<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + TABLE), "it declares a document type"),
        (
            workbook(sheet(f"<row><c t='str'><v>{'a' * 1_000_001}</v></c></row>")),
            "a cell has more than 1000000 characters",
        ),
        (io.BytesIO(b"PK\x03\x04 no archive"), "not a zip file"),
    ],
)
def test_a_workbook_that_cannot_be_read_says_why(file: io.BytesIO, reason: str) -> None:
    message = refused(file)
    assert message.startswith("students.xlsx is not a workbook that can be read: ")
    assert reason in message


def test_the_kind_of_a_file_is_told_by_what_is_in_it() -> None:
    assert read(workbook(TABLE), "students.csv") == GOOD
    assert read(workbook(TABLE), "students.XLS") == GOOD
    old = io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert refused(old, "s.xls") == "s.xls is an .xls file or has a password. Save it as .xlsx without one."
    assert refused(io.BytesIO(b""), "s.pdf") == "s.pdf is neither .csv nor .xlsx. Save the table as one of them."


def test_headings_that_are_not_there_or_twice_are_named() -> None:
    assert refused(written(("学号", "班级"), ("1", "2"))) == (
        "None of the first 20 rows names the columns: 姓名 or name is missing. Line 1 has: 学号, 班级."
    )
    assert refused(written(("学号", "Account", "姓名"))) == "Line 1 names 学号 or account more than once."
    assert refused(written()) == "The file is empty. Its first row names the columns: 学号 姓名 班级 专业."

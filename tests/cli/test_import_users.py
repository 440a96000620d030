"""`import-users`."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text

from models.settings import Settings
from resolvers.identity.imports import MAX_IMPORT
from resolvers.scope import Services
from server import create_app
from tests.cli.conftest import PRODUCTION, Cli
from tests.support.clients import Clock, running
from tests.support.workbooks import inline, sheet
from tests.support.workbooks import workbook as made

HEADINGS = "学号,姓名,班级,专业"
GOOD = "2031000001,李雷,一班,软件工程"


async def stored(settings: Settings) -> list[tuple[Any, ...]]:
    services = Services.from_settings(settings)
    statement = text(
        "SELECT identifier, name, class_name, major FROM users JOIN credentials ON user_id = users.id"
        " ORDER BY identifier"
    )
    try:
        return [tuple(row) for row in await services.database.fetch(statement)]
    finally:
        await services.close()


def written(path: Path, *lines: str, encoding: str = "utf-8", newline: str = "\n") -> Path:
    path.write_bytes(newline.join([*lines, ""]).encode(encoding))
    return path


def workbook(path: Path, rows: Sequence[Sequence[Any]], first_row: int = 0) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(first_row + number, 0, row)
    return path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract imports on both
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_csv_file_in_each_encoding(cli: Cli, settings: Settings, tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path / "students.csv", HEADINGS, GOOD, encoding=encoding, newline="\r\n")

    done = cli("import-users", file, **PRODUCTION)

    assert (done.returncode, done.stdout) == (0, "Imported 1 users, rejected 0 rows.\n")
    assert await stored(settings) == [("2031000001", "李雷", "一班", "软件工程")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract imports on both
async def test_an_imported_student_signs_in_with_the_end_of_the_account(
    cli: Cli, settings: Settings, tmp_path: Path, clock: Clock
) -> None:
    cli("import-users", written(tmp_path / "students.csv", HEADINGS, GOOD))

    async with running(create_app(settings, clock), clock, settings.database_url) as product:
        assert await product.login("2031000001", "000001")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract imports on both
@pytest.mark.usefixtures("migrated")
async def test_english_headings_in_another_order_and_a_column_that_means_nothing(
    cli: Cli, settings: Settings, tmp_path: Path
) -> None:
    file = written(tmp_path / "s.csv", "Major;Note;NAME;Account", "软工;x;李雷; 2031000001 ", "", ";;韩梅梅;2031000002")

    done = cli("import-users", file)

    assert done.returncode == 0, done.stderr
    assert await stored(settings) == [("2031000001", "李雷", "", "软工"), ("2031000002", "韩梅梅", "", "")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract imports on both
@pytest.mark.usefixtures("migrated")
async def test_a_workbook_keeps_its_row_numbers_and_accounts_that_are_numbers(
    cli: Cli, settings: Settings, tmp_path: Path
) -> None:
    rows: list[list[Any]] = [
        ["学号", "姓名", "班级", "专业"],
        [2031000001, "李雷", "一班", "软工"],
        [],
        [12, "短"],
        ["2031000002", "韩梅梅"],
    ]
    file = workbook(tmp_path / "students.xlsx", rows, first_row=2)

    done = cli("import-users", file)

    assert (done.returncode, done.stdout) == (1, "Imported 2 users, rejected 1 rows.\n")
    assert "line 6: 12: account must be 10 letters or digits." in done.stderr
    assert await stored(settings) == [("2031000001", "李雷", "一班", "软工"), ("2031000002", "韩梅梅", "", "")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract imports on both
@pytest.mark.usefixtures("migrated")
async def test_a_workbook_as_people_make_them(cli: Cli, settings: Settings, tmp_path: Path) -> None:
    titled = inline(
        ("2031 级名单",), ("* 学 号（10位）", "姓名\n必填", "班级", "专业"), ("'2031000001", "李\n雷", "一班")
    )
    rows = (
        titled
        + '<row r="4"><c s="1"><v>31000002</v></c><c t="str"><v>韩梅梅</v></c><c/></row>'
        + '<row r="5"><c t="str"><v>2031000003</v></c><c t="e"><v>#N/A</v></c></row>'
        + '<row r="6"><c t="str"><v>2031000004</v></c><c t="str"><v>王\ue000</v></c></row>'
        + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    name_list = sheet(
        rows,
        before='<dimension ref="A1:XFD1048576"/>',
        after='<mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="C3:C1048576"/></mergeCells>',
    )
    styles = '<numFmts><numFmt numFmtId="164" formatCode="0000000000"/></numFmts>'
    styles += '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    hidden, other = sheet(inline(("学号", "姓名"), ("2031000009", "旧"))), sheet(inline(("备注",)))
    file = tmp_path / "students.xlsx"
    file.write_bytes(made(hidden, name_list, other, states=("hidden",), styles=styles).getvalue())

    done = cli("import-users", file)

    assert (done.returncode, done.stdout) == (
        1,
        "Read the sheet S2, and not: S3.\nImported 2 users, rejected 2 rows.\n",
    )
    assert [line for line in done.stderr.splitlines() if line.startswith("line ")] == [
        "line 5: 2031000003: name holds the error #N/A.",
        "line 6: 2031000004: name contains U+E000, which stands for a character that was lost.",
    ]
    assert await stored(settings) == [("0031000002", "韩梅梅", "一班", ""), ("2031000001", "李雷", "一班", "")]


BAD = (
    ("1,短,,", "1", "account must be 10 letters or digits."),
    ("2031000001,重复,,", "2031000001", "The account 2031000001 exists already."),
    ("2031000003,,,", "2031000003", "name must not be empty."),
    (",无账号,,", "", "account must be 10 letters or digits."),
    (f"2031000004,{'长' * 65},,", "2031000004", "name must not be longer than 64 characters."),
    ("2031000005,多,一,二,三", "2031000005", "it has 5 cells under 4 headings"),
    ('2031000006,"没有关上,,', "", "the line is not valid CSV: unexpected end of data"),
    ("2031000007,空\0字符,,", "", "a cell contains the NUL character"),
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract imports on both
@pytest.mark.usefixtures("migrated")
async def test_every_bad_row_is_reported_and_the_good_ones_are_kept(
    cli: Cli, settings: Settings, tmp_path: Path
) -> None:
    file = written(tmp_path / "s.csv", HEADINGS, GOOD, *(line for line, _, _ in BAD), "2031000009,最后,,")
    report = tmp_path / "rejected.csv"

    done = cli("import-users", file, "--report", report, "--show", "2")

    assert done.returncode == 1
    assert done.stdout == (
        f"Imported 2 users, rejected {len(BAD)} rows.\n{len(BAD) - 2} rejected rows are not shown."
        f" All of them are in {report}.\n"
    )
    assert [line for line in done.stderr.splitlines() if line.startswith("line ")] == [
        "line 3: 1: account must be 10 letters or digits.",
        "line 4: 2031000001: The account 2031000001 exists already.",
    ]
    with report.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    assert rows == [
        ["line", "account", "reason"],
        *([str(number), account, reason] for number, (_, account, reason) in enumerate(BAD, 3)),
    ]
    assert [account for account, *_ in await stored(settings)] == ["2031000001", "2031000009"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract imports on both
@pytest.mark.usefixtures("migrated")
async def test_more_rows_than_one_call_takes_and_a_repetition(cli: Cli, settings: Settings, tmp_path: Path) -> None:
    count = MAX_IMPORT + 10
    lines = [f"{2031000000 + number},学生{number},一班,软工" for number in range(count)]
    file = written(tmp_path / "students.csv", HEADINGS, *lines, lines[0])

    first = cli("import-users", file)
    again = cli("import-users", file, "--show", "1")

    assert first.stdout == f"Imported {count} users, rejected 1 rows.\n"
    assert f"line {count + 2}: 2031000000: The account 2031000000 exists already." in first.stderr
    assert again.stdout.startswith(f"Imported 0 users, rejected {count + 1} rows.\n")
    assert len(await stored(settings)) == count


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.csv", b"", "The file is empty."),
        (
            "s.csv",
            "学号,班级\n1,2\n".encode(),
            "rows names the columns: 姓名 or name is missing. Line 1 has: 学号, 班级.",
        ),
        ("s.csv", "学号,account,姓名\n".encode(), "Line 1 names 学号 or account more than once."),
        ("s.csv", b"\xff\xfe\x00", "begins as UTF-16 and is not valid UTF-16"),
        ("s.xlsx", b"no workbook", "not a workbook that can be read"),
        ("s.pdf", b"", "neither .csv nor .xlsx"),
    ],
)
def test_a_file_that_is_no_such_table(
    cli_on_sqlite: Cli, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)

    refused = cli_on_sqlite("import-users", tmp_path / name)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert message in refused.stderr
    assert "Traceback" not in refused.stderr


def test_files_that_cannot_be_opened_are_named(cli_on_sqlite: Cli, tmp_path: Path) -> None:
    file = written(tmp_path / "students.csv", HEADINGS, GOOD)

    no_file = cli_on_sqlite("import-users", tmp_path / "missing.csv")
    no_report = cli_on_sqlite("import-users", file, "--report", tmp_path / "missing" / "report.csv")

    assert (no_file.returncode, no_report.returncode) == (2, 2)
    assert "missing.csv cannot be read: No such file or directory." in no_file.stderr
    assert "report.csv cannot be written: No such file or directory." in no_report.stderr
    assert not (tmp_path / "data" / "careergraph.db").exists()

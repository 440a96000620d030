"""Text files as people make them: what is read of each."""

import codecs
import io

import pytest

from resolvers.identity.tables import find_students, listed_users
from resolvers.tables.rows import UnreadableTable

Read = list[tuple[int, str, str, str, str, str | None]]
SIMPLIFIED = "学号,姓名,班级,专业\n2031000001,李雷,一班,软件工程\n"
TRADITIONAL = "學號,姓名,班級,專業\n2031000001,陳怡君,資工一甲,資訊工程\n"
GOOD: Read = [(2, "2031000001", "李雷", "一班", "软件工程", None)]


def read(content: str | bytes, encoding: str = "utf-8") -> Read:
    """Line, account, name, class, major and problem of each row."""
    file = io.BytesIO(content.encode(encoding) if isinstance(content, str) else content)
    return [
        (
            row.line,
            row.user.account,
            row.user.name,
            row.user.class_name,
            row.user.major,
            None if row.problem is None else str(row.problem),
        )
        for row in listed_users(find_students(file, "s.csv"))
    ]


def refused(content: bytes) -> str:
    with pytest.raises(UnreadableTable) as refusal:
        read(content)
    return str(refusal.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk"]
)
def test_simplified_chinese_in_each_encoding(encoding: str) -> None:
    assert read(SIMPLIFIED, encoding) == GOOD


def test_utf_16_of_the_other_end_with_a_mark() -> None:
    assert read(codecs.BOM_UTF16_BE + SIMPLIFIED.encode("utf-16-be")) == GOOD


@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs", "gb18030", "utf-8"])
def test_traditional_chinese_in_each_encoding(encoding: str) -> None:
    assert read(TRADITIONAL, encoding) == [(2, "2031000001", "陳怡君", "資工一甲", "資訊工程", None)]


def test_rare_characters_of_either_encoding() -> None:
    rare = SIMPLIFIED + "2031000002,㛃𠮷〇,䶮班,\n"
    assert read(rare, "gb18030")[1] == (3, "2031000002", "㛃𠮷〇", "䶮班", "", None)
    rare = TRADITIONAL + "2031000002,碁𠕇邨,峯班,\n"
    assert read(rare, "big5hkscs")[1] == (3, "2031000002", "碁𠕇邨", "峯班", "", None)


def test_names_under_english_headings() -> None:
    names = {"gb18030": "赵伟 钱芳 孙娜 李敏 周静", "big5": "陳志豪 林怡君 張家豪 李淑芬 王建宏"}
    for encoding, listed in names.items():
        rows = [f"{2031000000 + number},{name}" for number, name in enumerate(listed.split())]
        assert [row[2] for row in read("\n".join(["account,name", *rows]), encoding)] == listed.split()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("account,name\n2031000001,李雷\n".encode("gb18030"), "s.csv could be GB18030 as well as Big5."),
        ("account,name\n2031000001,王芳\n".encode("big5", "ignore") + "陳\n".encode("big5"), "s.csv could be GB18030"),
        (b"account,name\n2031000001,Ren\xe9\n", "s.csv is neither UTF-8 nor GB18030 nor Big5."),
        ("学号,姓名\n2031000001,こんにちは\n".encode("shift_jis", "ignore"), "s.csv is neither UTF-8 nor GB18030 nor"),
        (SIMPLIFIED.encode()[:-3] + b"\xff", "s.csv is neither UTF-8 nor GB18030 nor Big5."),
        (codecs.BOM_UTF8 + SIMPLIFIED.encode("gb18030"), "s.csv begins as UTF-8-SIG and is not valid UTF-8-SIG."),
    ],
)
def test_what_cannot_be_told_is_refused(content: bytes, message: str) -> None:
    refusal = refused(content)
    assert refusal.startswith(message)
    assert refusal.endswith("Save it as “CSV UTF-8”.")


def test_user_defined_characters_are_kept_for_their_row_to_be_reported() -> None:
    [row] = read("学号,姓名,班级,专业\n2031000001,王".encode("gb18030") + b"\xaa\xa1,,\n")
    assert row == (2, "2031000001", "王\ue000", "", "", None)


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\n学号;姓名;班级;专业\n2031000001;李雷;一班;软件工程\n",
        '"sep=;"\r\n学号;姓名;班级;专业\r\n2031000001;李雷;一班;软件工程\r\n',
        "SEP=\t\n学号\t姓名\t班级\t专业\n2031000001\t李雷\t一班\t软件工程\n",
        "sep=,;;;\n学号,姓名,班级,专业\n2031000001,李雷,一班,软件工程\n",
    ],
)
def test_a_line_that_states_the_delimiter_is_passed_over(content: str) -> None:
    assert read(content) == [(3, *GOOD[0][1:])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_ends_of_lines_below_a_title(delimiter: str, end: str) -> None:
    lines = ["软件学院学生名单", "", SIMPLIFIED.splitlines()[0], SIMPLIFIED.splitlines()[1]]
    assert read(end.join(lines).replace(",", delimiter)) == [(4, *GOOD[0][1:])]


def test_quoted_line_breaks_and_marks() -> None:
    content = (
        '"学号\n(必填)",*姓名,班级,专业\n'
        '="2031000001",李雷,"软件\n工程",x\n'
        '\'2031000002,"韩""梅""梅",,\n'
        '"=""2031000003""","王\r\n\r\n伟",,\n'
        "2031000004\t,赵丽,,\n"
    )
    assert read(content) == [
        (3, '="2031000001"', "李雷", "软件\n工程", "x", None),
        (5, "'2031000002", '韩"梅"梅', "", "", None),
        (6, '="2031000003"', "王\r\n\r\n伟", "", "", None),
        (9, "2031000004\t", "赵丽", "", "", None),
    ], "what keeps a number a text is taken off where users are imported, by any way"


def test_a_quotation_mark_that_is_not_closed_spoils_its_line_only() -> None:
    unclosed = "the line is not valid CSV: unexpected end of data"
    content = SIMPLIFIED + '2031000002,"没有关上,,\n2031000003,王伟,,\n2031000004,"又一个,,\n2031000005,"赵\n丽",,\n'
    read_rows = read(content)
    assert [(row[0], row[1]) for row in read_rows] == [
        (2, "2031000001"),
        (3, ""),
        (4, "2031000003"),
        (5, ""),
        (6, "2031000005"),
    ]
    assert read_rows[4] == (6, "2031000005", "赵\n丽", "", "", None)
    assert all(row[5] and row[5].startswith("the line is not valid CSV: ") for row in read_rows if not row[1])
    assert read(SIMPLIFIED + '2031000002,"' + "\n" * 300 + "2031000003,王伟,,\n")[1:] == [
        (3, "", "", "", "", unclosed),
        (303, "2031000003", "王伟", "", "", None),
    ]


def test_rows_that_do_not_fit_the_headings_are_problems_and_empty_ones_are_none() -> None:
    content = SIMPLIFIED + ",,,\n  \n2031000002,多,一,二,三\n2031000003,韩\0,,\n,,,,,,备注\n,共 3 人,,\n"
    assert read(content)[1:] == [
        (5, "2031000002", "多", "一", "二", "it has 5 cells under 4 headings"),
        (6, "", "", "", "", "a cell contains the NUL character"),
        (7, "", "", "", "", "it has 7 cells under 4 headings"),
        (8, "", "共 3 人", "", "", None),
    ]

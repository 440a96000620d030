"""Importing students."""

import io
from typing import Any

import xlsxwriter
from sqlalchemy import text

from models.db import Database
from tests.rest_compat.work_progress.replies import assert_invalid, data, reply, success
from tests.support.clients import Person, Product

HML = {"account": "2021214286", "name": "hml", "class": "13202107", "major": "软工"}
LJ = {"account": "2021214285", "name": "lj", "class": "13202107", "major": "软工"}


async def imported(product: Product, person: Person, *rows: Any) -> Any:
    return reply(await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=person))


def errors(*found: tuple[int, str, str]) -> Any:
    """The reply that tells of rows: their line, account and message."""
    rows = [dict(zip(("line", "account", "msg"), row, strict=True)) for row in found]
    errs = {account: message for _, account, message in found}
    return 200, {"code": 100, "msg": "导入存在错误", "data": {"errs": errs, "rows": rows}}


def duplicate(account: str) -> str:
    return f"Error 1062: Duplicate entry '{account}' for key 'users.account'"


async def accounts(product: Product, person: Person) -> list[str]:
    rows = data(await product.rest("GET", "/api/v1/user/search", person=person, query={"page_size": 100}))["rows"]
    return [row["user"]["account"] for row in rows if row["user"]["permission"] == 1]


async def test_the_documented_import_twice(product: Product) -> None:
    administrator = await product.administrator()
    assert await imported(product, administrator, HML, LJ) == success()
    assert await imported(product, administrator, HML, LJ) == errors(
        (1, "2021214286", duplicate("2021214286")), (2, "2021214285", duplicate("2021214285"))
    )
    assert await accounts(product, administrator) == ["2021214286", "2021214285"], "in the list's order"
    student = await product.login("2021214285", "214285")
    shown = await product.data("{viewer{name className major}}", person=student)
    assert shown["viewer"] == {"name": "lj", "className": "13202107", "major": "软工"}


async def test_good_rows_stay(product: Product) -> None:
    administrator = await product.administrator()
    await imported(product, administrator, HML)
    answered = await imported(
        product,
        administrator,
        {**LJ, "name": "once"},
        {**LJ, "name": "twice"},
        HML,
        {"account": "202121428", "name": "nine"},
        {"account": "20212142877", "name": "eleven"},
        {"account": "", "name": "none"},
        {"account": " 202121428", "name": "space"},
        {"account": "202121428\n", "name": "newline"},
        {"account": " 2021214288 ", "name": "spaces around"},
        {"account": "2021214287", "name": "good"},
    )
    length = "账号长度必须为10位学号"
    assert answered == (
        200,
        {
            "code": 100,
            "msg": "导入存在错误",
            "data": {
                "errs": {
                    "2021214285": duplicate("2021214285"),
                    "2021214286": duplicate("2021214286"),
                    "202121428": length,
                    "20212142877": length,
                    "": length,
                },
                "rows": [
                    {"line": 2, "account": "2021214285", "msg": duplicate("2021214285")},
                    {"line": 3, "account": "2021214286", "msg": duplicate("2021214286")},
                    {"line": 4, "account": "202121428", "msg": length},
                    {"line": 5, "account": "20212142877", "msg": length},
                    {"line": 6, "account": "", "msg": length},
                    {"line": 7, "account": "202121428", "msg": length},
                    {"line": 8, "account": "202121428", "msg": length},
                ],
            },
        },
    )
    assert await accounts(product, administrator) == ["2021214286", "2021214285", "2021214288", "2021214287"]
    assert (await product.login("2021214285", "214285")).account == "2021214285"


async def test_a_row_whose_name_cannot_be_is_told(product: Product) -> None:
    administrator = await product.administrator()
    status, body = await imported(product, administrator, {**LJ, "name": " "}, {**HML, "name": "n" * 65})
    assert (status, body["code"], body["msg"]) == (200, 100, "导入存在错误")
    assert body["data"]["errs"] == {"2021214285": "name 不能为空", "2021214286": "name 不能超过 64 个字符"}
    assert await accounts(product, administrator) == []


async def test_class_and_major_may_be_left_out_and_numbers_sent_as_text(product: Product) -> None:
    administrator = await product.administrator()
    assert await imported(product, administrator, {"account": "2021214285", "name": "lj"}) == success()
    assert await imported(product, administrator, {**HML, "class": None, "extra": 1}) == success()
    for row in ({"account": 2021214287, "name": "x"}, {"account": "2021214287"}, {"name": "x"}, "row", None, [LJ]):
        response = await product.rest("POST", "/api/v1/user/import", {"list": [row]}, person=administrator)
        assert_invalid(response, "list")
    assert await accounts(product, administrator) == ["2021214285", "2021214286"]


async def test_how_many_rows_a_call_takes(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    rows = [{"account": str(2030000000 + number), "name": "n"} for number in range(2001)]
    count = text("SELECT count(*) FROM users")

    for refused_rows in (rows, []):
        response = await product.rest("POST", "/api/v1/user/import", {"list": refused_rows}, person=administrator)
        assert_invalid(response, "list")
    assert await database.fetch_value(count) == 1
    assert await imported(product, administrator, *rows[:2000]) == success()
    assert await database.fetch_value(count) == 2001


async def test_accounts_are_of_letters_and_digits(product: Product) -> None:
    administrator = await product.administrator()
    assert await imported(product, administrator, {"account": "aB21214285", "name": "\"<>&;%'"}) == success()
    student = await product.login("aB21214285", "214285")
    assert data(await product.rest("GET", "/api/v1/user/info", person=student))["user"]["name"] == "\"<>&;%'"
    refused = await imported(product, administrator, {"account": "学号A'\"<>&;%", "name": "x"})
    length = "账号长度必须为10位学号"
    rows = [{"line": 1, "account": "学号A'\"<>&;%", "msg": length}]
    assert refused[1]["data"] == {"errs": {"学号A'\"<>&;%": length}, "rows": rows}


async def test_a_table_as_people_make_them(product: Product) -> None:
    administrator = await product.administrator()
    table = (
        'sep=;\n软件学院名单\n"学 号*\n（10位）";姓名;班级;专业\n="2021214285";李雷;"软工\n一班";\n'
        "2021214286;韩梅梅;;;多\n2021214285;重复;;\n202121428;短;;\n;合计 4 人;;\n'2021214287;王伟;;\n"
    )
    length = "账号长度必须为10位学号"

    async def sent(content: bytes, name: str) -> Any:
        files = {"file": (name, content, "text/csv")}
        return await product.http.post("/api/v1/user/import/file", files=files, headers=administrator.bearer)

    code, told = reply(await sent(table.encode("gb18030"), "名单.csv"))
    assert (code, told["code"], told["msg"]) == (200, 100, "导入存在错误")
    assert [(row["line"], row["account"]) for row in told["data"]["rows"]] == [
        (7, "2021214286"),
        (8, "2021214285"),
        (9, "202121428"),
        (10, ""),
    ]
    assert [row["msg"] for row in told["data"]["rows"]] == [
        "该行有 5 个单元格，但只有 4 个列名",
        duplicate("2021214285"),
        length,
        length,
    ]
    assert set(told["data"]["errs"]) == {"2021214286", "2021214285", "202121428", ""}
    assert await accounts(product, administrator) == ["2021214285", "2021214287"]
    shown = await product.data("{viewer{name className}}", person=await product.login("2021214285", "214285"))
    assert shown["viewer"] == {"name": "李雷", "className": "软工一班"}
    assert (
        reply(await sent("學號,姓名\n2021214288,陳怡君\n2021214289,林志豪\n".encode("big5"), "名單.csv")) == success()
    )
    spoilt = reply(await sent('学号,姓名\n2021214293,李\0\n2021214294,"王"明\n,无\n2021214292,"王\n'.encode(), "x.csv"))
    assert [(row["line"], row["msg"]) for row in spoilt[1]["data"]["rows"]] == [
        (2, "有单元格包含空字符"),
        (3, "该行不是合法的 CSV：引号的位置不正确"),
        (4, length),
        (5, "该行不是合法的 CSV：引号没有闭合"),
    ]
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        page = book.add_worksheet()
        page.write_row("A1", ["学号", "姓名"])
        page.write_formula("A2", "=NA()", None, "#N/A")
        page.write("B2", "李雷")
    lost = {"line": 2, "account": "", "msg": "学号 包含错误值 #N/A"}
    assert reply(await sent(written.getvalue(), "x.xlsx"))[1]["data"] == {"errs": {"": lost["msg"]}, "rows": [lost]}
    error_values = reply(await sent("学号,姓名,班级\n2021214290,#N/A,\n2021214291,王,王\ue000\n".encode(), "x.csv"))
    assert [row["msg"] for row in error_values[1]["data"]["rows"]] == [
        "姓名 包含错误值 #N/A",
        "班级 包含 U+E000，说明有字符已丢失",
    ]
    for content, name, words in (
        (b"%PDF", "x.pdf", "x.pdf 不是 .csv 或 .xlsx 文件，请另存为其中一种"),
        (b"", "x.csv", "文件是空的。第一行应为列名：学号 姓名 班级 专业"),
        ("学号,姓名\n".encode(), "x.csv", "列名行下面没有数据"),
        ("学号,名\n1,2\n".encode(), "x.csv", "前 20 行中没有列名行：缺少“姓名 或 name”。第 1 行的内容为：学号, 名"),
        (b"PK\x03\x04", "x.xlsx", "x.xlsx 不是可以读取的工作簿：文件已损坏"),
    ):
        assert reply(await sent(content, name)) == (400, {"code": 100, "msg": f"file: {words}", "data": None})


async def test_text_marks_and_error_values_in_a_list(product: Product) -> None:
    administrator = await product.administrator()
    status, body = await imported(
        product,
        administrator,
        {"account": "'2021214285", "name": "李\n雷"},
        {"account": "2021214286", "name": "#N/A"},
        {"account": "2021214287", "name": "王\ue000"},
    )
    assert (status, body["code"]) == (200, 100)
    assert body["data"]["rows"] == [
        {"line": 2, "account": "2021214286", "msg": "name 包含错误值 #N/A"},
        {"line": 3, "account": "2021214287", "msg": "name 包含 U+E000，说明有字符已丢失"},
    ]
    assert await accounts(product, administrator) == ["2021214285"]

"""Importing students."""

from typing import Any

from sqlalchemy import text

from models.db import Database
from tests.rest_compat.work_progress.replies import assert_invalid, data, reply, success
from tests.support.clients import Person, Product

HML = {"account": "2021214286", "name": "hml", "class": "13202107", "major": "软工"}
LJ = {"account": "2021214285", "name": "lj", "class": "13202107", "major": "软工"}


async def imported(product: Product, person: Person, *rows: Any) -> Any:
    return reply(await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=person))


def errors(**found: str) -> Any:
    return 200, {"code": 100, "msg": "导入存在错误", "data": {"errs": {key[1:]: found[key] for key in found}}}


def duplicate(account: str) -> str:
    return f"Error 1062: Duplicate entry '{account}' for key 'users.account'"


async def accounts(product: Product, person: Person) -> list[str]:
    rows = data(await product.rest("GET", "/api/v1/user/search", person=person, query={"page_size": 100}))["rows"]
    return [row["user"]["account"] for row in rows if row["user"]["permission"] == 1]


async def test_the_documented_import_twice(product: Product) -> None:
    administrator = await product.administrator()
    assert await imported(product, administrator, HML, LJ) == success()
    assert await imported(product, administrator, HML, LJ) == errors(
        _2021214286=duplicate("2021214286"), _2021214285=duplicate("2021214285")
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
                }
            },
        },
    )
    assert await accounts(product, administrator) == ["2021214286", "2021214285", "2021214288", "2021214287"]
    assert (await product.login("2021214285", "214285")).account == "2021214285"


async def test_a_row_whose_name_cannot_be_is_told(product: Product) -> None:
    administrator = await product.administrator()
    status, body = await imported(product, administrator, {**LJ, "name": " "}, {**HML, "name": "n" * 65})
    assert (status, body["code"], body["msg"]) == (200, 100, "导入存在错误")
    assert set(body["data"]["errs"]) == {"2021214285", "2021214286"}
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
    assert await imported(product, administrator, {"account": "aB21214285", "name": "'\"<>&;%"}) == success()
    student = await product.login("aB21214285", "214285")
    assert data(await product.rest("GET", "/api/v1/user/info", person=student))["user"]["name"] == "'\"<>&;%"
    reply = await imported(product, administrator, {"account": "学号A'\"<>&;%", "name": "x"})
    assert reply[1]["data"] == {"errs": {"学号A'\"<>&;%": "账号长度必须为10位学号"}}

"""The countdown to the examination, and the version."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from models.db import Database
from tests.rest_compat.work_progress.replies import data, refused, reply, success
from tests.support.clients import Product


async def days(product: Product) -> int:
    found: int = data(await product.rest("GET", "/api/v1/pgee/cd"))["days"]
    return found


async def configure(database: Database, value: str) -> None:
    async with database.transaction() as transaction:
        await transaction.execute(
            text(
                "INSERT INTO settings (name, value, created_at, updated_at)"
                " SELECT 'postgraduate_exam_date', :value, created_at, updated_at FROM users"
            ),
            {"value": value},
        )


def at(product: Product, local: str) -> None:
    product.clock.now = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2021-12-24 12:00", 1),
        ("2021-12-25 23:59", 0),
        ("2021-12-26 00:00", 363),
        ("2022-12-01 00:00", 23),
        ("2023-12-22 23:59", 1),
        ("2024-12-20 00:00", 1),
        ("2025-12-20 12:00", 0),
        ("2026-03-02 10:00", 292),
    ],
)
async def test_unset_it_is_the_last_saturday_on_or_before_25_december(product: Product, now: str, left: int) -> None:
    at(product, now)
    assert await days(product) == left


async def test_the_configured_date_in_whole_days_of_shanghai(product: Product, database: Database) -> None:
    await configure(database, "2026-06-01")
    for now, left in {
        "2026-03-02 00:00": 91,
        "2026-03-02 23:59": 91,
        "2026-03-03 00:00": 90,
        "2026-05-31 23:59": 1,
        "2026-06-01 00:00": 0,
        "2026-06-02 00:00": 0,
        "2030-01-01 00:00": 0,
    }.items():
        at(product, now)
        assert await days(product) == left, now


@pytest.mark.parametrize("value", ["no date", "", "2026-13-45", "2026/06/01"])
async def test_a_configured_date_that_is_none(product: Product, database: Database, value: str) -> None:
    await configure(database, value)
    assert reply(await product.rest("GET", "/api/v1/pgee/cd")) == refused(1, "解析考研日期失败", "")


async def test_the_version(product: Product) -> None:
    answered = reply(await product.rest("GET", "/api/v1/ver"))
    version = (await product.data("{version}"))["version"]
    assert version.count(".") == 2
    assert answered == success({"version": version})

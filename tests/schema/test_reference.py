"""The countdown to the examination, and the version."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import insert

from models.db import Database
from models.reference import Setting
from models.statements import table_of
from tests.schema.replies import done, top_level
from tests.support.clients import MORNING, Product

COUNTDOWN = "{ examCountdown { date days } }"
SET = """
mutation ($date: Date) { setExamDate(input: {date: $date}) { date errors { code message path } } }
"""


USUAL = (
    ("2021-06-01T12:00:00+08:00", "2021-12-25", 207),
    ("2022-06-01T12:00:00+08:00", "2022-12-24", 206),
    ("2023-06-01T12:00:00+08:00", "2023-12-23", 205),
    ("2024-06-01T12:00:00+08:00", "2024-12-21", 203),
    ("2025-06-01T12:00:00+08:00", "2025-12-20", 202),
    ("2025-12-19T23:59:59+08:00", "2025-12-20", 1),
    ("2025-12-20T00:00:00+08:00", "2025-12-20", 0),
    ("2025-12-20T23:59:59+08:00", "2025-12-20", 0),
    ("2025-12-20T16:00:00+00:00", "2026-12-19", 363),
)


async def test_the_usual_date_is_the_last_saturday_by_christmas(product: Product) -> None:
    for now, date, days in USUAL:
        product.clock.now = datetime.fromisoformat(now)
        assert await product.data(COUNTDOWN) == {"examCountdown": {"date": date, "days": days}}


async def test_administrators_set_the_date(product: Product) -> None:
    administrator = await product.administrator()

    assert await done(product, SET, {"date": "2026-03-12"}, person=administrator) == {"date": "2026-03-12"}
    assert await product.data(COUNTDOWN) == {"examCountdown": {"date": "2026-03-12", "days": 10}}
    await done(product, SET, {"date": "2026-03-03"}, person=administrator)
    assert await product.data(COUNTDOWN) == {"examCountdown": {"date": "2026-03-03", "days": 1}}
    await done(product, SET, {"date": "0001-01-01"}, person=administrator)
    assert await product.data(COUNTDOWN) == {"examCountdown": {"date": "0001-01-01", "days": 0}}
    assert await done(product, SET, {"date": None}, person=administrator) == {"date": None}
    assert await product.data(COUNTDOWN) == {"examCountdown": {"date": "2026-12-19", "days": 292}}


async def test_nobody_else_sets_the_date(product: Product) -> None:
    student = await product.student()

    assert top_level(await product.graphql(SET, {"date": "2026-03-12"}, person=student)) == [
        ("FORBIDDEN", ["setExamDate"])
    ]
    assert top_level(await product.graphql(SET, {"date": "2026-03-12"})) == [("UNAUTHENTICATED", ["setExamDate"])]
    assert (await product.data(COUNTDOWN))["examCountdown"]["date"] == "2026-12-19"


async def test_a_configured_date_that_is_none_is_told(product: Product, database: Database) -> None:
    times = {"created_at": MORNING, "updated_at": MORNING}
    async with database.transaction() as transaction:
        await transaction.execute(
            insert(table_of(Setting)), {"name": "postgraduate_exam_date", "value": "soon", **times}
        )

    reply = await product.graphql(COUNTDOWN)

    assert reply["data"] == {"examCountdown": None}
    assert top_level(reply) == [("EXAM_DATE_INVALID", ["examCountdown"])]


async def test_the_version_is_the_projects(product: Product) -> None:
    project = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")

    version = (await product.data("{ version }"))["version"]

    assert f'\nversion = "{version}"\n' in project

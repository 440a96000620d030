"""Orders of lists, and paging from either end: exact rows, with equal keys among them."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from models.db import Database
from models.journal import WorkLog
from models.platform.projects import Project
from models.statements import table_of
from schema.engine.node_id import decode, encode_cursor
from tests.schema.replies import numbers, top_level
from tests.support.clients import MORNING, Product
from tests.support.platform import new_project

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
PROJECTS = f"""
query ($first: Int, $after: String, $last: Int, $before: String, $order: ProjectOrder, $page: Int) {{
  projects(first: $first, after: $after, last: $last, before: $before, orderBy: $order, page: $page) {{
    nodes {{ databaseId }} edges {{ cursor }} {PAGE}
  }}
}}
"""
LOGS = f"""
query ($last: Int, $before: String, $first: Int, $after: String, $order: WorkLogOrder) {{
  viewer {{ workLogs(last: $last, before: $before, first: $first, after: $after, orderBy: $order) {{
    nodes {{ databaseId }} {PAGE}
  }} }}
  users(first: 100) {{ nodes {{ workLogs(last: $last, before: $before, first: $first, after: $after, orderBy: $order) {{
    nodes {{ databaseId }} {PAGE}
  }} }} }}
}}
"""
ROWS: tuple[tuple[str, int, int], ...] = (
    ("张三", 5, 3),
    ("Zoë", 1, 3),
    ("apple", 5, 1),
    ("Zoë", 5, 2),
    ("李四", 2, 3),
    ("𠀀", 2, 3),
    ("\uff21", 0, 3),
)
"""A name, a budget and the hour of the last change of each project."""
KEYS: dict[str, Callable[[tuple[str, int, int]], Any]] = {
    "CREATED_AT": lambda _row: 0,
    "NAME": lambda row: row[0],
    "PURCHASE_BUDGET": lambda row: row[1],
    "UPDATED_AT": lambda row: row[2],
}


async def walked(ask: Callable[[dict[str, Any]], Any], *, size: int, is_last: bool) -> list[int]:
    """The rows of all pages, from the end or the beginning; each page tells whether there are more."""
    seen: list[int] = []
    place = None
    while True:
        asked = {"last": size, "before": place} if is_last else {"first": size, "after": place}
        page = await ask(asked)
        found, info = numbers(page["nodes"]), page["pageInfo"]
        seen = found + seen if is_last else seen + found
        ends = info["hasPreviousPage"], info["hasNextPage"]
        is_more, was_some = ends if is_last else ends[::-1]
        assert was_some is (place is not None)
        place = info["startCursor" if is_last else "endCursor"]
        if not is_more:
            return seen


async def test_each_order_shows_each_row_once_from_either_end(product: Product, database: Database) -> None:
    administrator = await product.administrator()
    ids = [decode(await new_project(product, administrator))[1] for _ in ROWS]
    projects = table_of(Project)
    async with database.transaction() as transaction:
        for number, (name, budget, hour) in zip(ids, ROWS, strict=True):
            values = {"name": name, "purchase_budget": budget, "updated_at": MORNING + timedelta(hours=hour)}
            await transaction.execute(update(projects).where(projects.c.id == number).values(values))

    async def page(variables: dict[str, Any]) -> Any:
        return (await product.data(PROJECTS, variables, person=administrator))["projects"]

    for key, key_of in KEYS.items():
        ascending = [ids[n] for n in sorted(range(len(ROWS)), key=lambda n: (key_of(ROWS[n]), n))]
        for direction, expected in (("ASC", ascending), ("DESC", ascending[::-1])):
            order = f"{key}_{direction}"
            for is_last, size in ((False, 2), (True, 3)):
                ask = lambda asked, order=order: page({**asked, "order": order})  # noqa: E731
                assert await walked(ask, size=size, is_last=is_last) == expected, order
            whole = await page({"order": order})
            second, sixth = whole["edges"][1]["cursor"], whole["edges"][5]["cursor"]
            for asked, ends in (({"first": 2}, slice(2, 4)), ({"last": 2}, slice(3, 5)), ({"first": 9}, slice(2, 5))):
                between = await page({**asked, "after": second, "before": sixth, "order": order})
                assert numbers(between["nodes"]) == expected[ends]
                assert between["pageInfo"]["hasNextPage"] is between["pageInfo"]["hasPreviousPage"] is True
            assert numbers((await page({"first": 3, "page": 2, "order": order}))["nodes"]) == expected[3:6]
    # What is the list's own order has the cursors that it always had.
    newest = await page({"last": 2, "order": "CREATED_AT_DESC"})
    assert newest["pageInfo"]["startCursor"] == encode_cursor(ids[1])

    of_names = (await page({"order": "NAME_ASC"}))["pageInfo"]["endCursor"]
    for wrong in (
        {"first": 1, "last": 1},
        {"last": -1},
        {"last": 101},
        {"last": 1, "page": 1},
        {"before": of_names, "page": 1},
        {"after": of_names},
        {"before": of_names, "order": "NAME_DESC"},
        {"after": encode_cursor(1), "order": "NAME_ASC"},
        *({"after": cursor, "order": "PURCHASE_BUDGET_ASC"} for cursor in HOSTILE),
    ):
        assert top_level(await product.graphql(PROJECTS, wrong, person=administrator)) == [
            ("INVALID_INPUT", ["projects"])
        ], wrong


def _cursor(content: str) -> str:
    return base64.urlsafe_b64encode(content.encode()).decode()


HOSTILE = [
    _cursor(f'["PURCHASE_BUDGET_ASC",{rest}]')
    for rest in (
        "1",
        "1,1,1",
        "null,1",
        '"1",1',
        "1.5,1",
        "true,1",
        f"{2**31},1",
        f"{2**70},1",
        "1,true",
        '1,"1"',
        "[],1",
    )
] + ["aWQ6", "W10=", "bnVsbA==", "e30=", "x" * 5000, "\u00e9"]


async def test_a_link_is_read_from_either_end_for_one_and_for_many(product: Product, database: Database) -> None:
    students = await product.students(2)
    administrator = await product.administrator()
    logs = table_of(WorkLog)
    people = [administrator.id, *(student.id for student in students)]
    log = {"job": "j", "salary": "", "location": "", "created_at": MORNING}
    rows = [
        {**log, "user_id": owner, "company_name": "甲乙丙"[n % 3], "updated_at": MORNING + timedelta(hours=n // 2)}
        for owner in people
        for n in range(5)
    ]
    async with database.transaction() as transaction:
        ids = [row.id for row in await transaction.fetch_many(insert(logs).returning(logs.c.id), rows)]
    of_person = {owner: ids[5 * n : 5 * n + 5] for n, owner in enumerate(people)}

    for order, places in (
        (None, (4, 3, 2, 1, 0)),
        ("CREATED_AT_ASC", (0, 1, 2, 3, 4)),
        ("UPDATED_AT_DESC", (4, 3, 2, 1, 0)),
        ("COMPANY_NAME_ASC", (2, 1, 4, 0, 3)),
        ("COMPANY_NAME_DESC", (3, 0, 4, 1, 2)),
    ):
        expected = {owner: [mine[place] for place in places] for owner, mine in of_person.items()}
        for is_last in (False, True):

            async def page(asked: dict[str, Any], order: Any = order, expected: Any = expected) -> Any:
                data = await product.data(LOGS, {**asked, "order": order}, person=administrator)
                many = [user["workLogs"] for user in data["users"]["nodes"]]
                if "after" in asked and asked["after"] is None:
                    assert [numbers(each["nodes"]) for each in many] == [of[:2] for of in expected.values()]
                if "before" in asked and asked["before"] is None:
                    assert [numbers(each["nodes"]) for each in many] == [of[-2:] for of in expected.values()]
                assert many[0] == data["viewer"]["workLogs"]
                return many[0]

            assert await walked(page, size=2, is_last=is_last) == expected[administrator.id]

"""The recorder moves in: everybody signs in as before, old links lead to the same things, and nothing comes twice."""

import asyncio
import csv
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from benchmarks.legacy import account_of, password_of
from models.audit import AuditEvent
from models.community import Comment
from models.db import Database
from models.identity import User
from models.journal import WorkLog
from models.legacy import LegacyId
from models.notifications import Notification
from models.search import IndexedPerson, SearchPending
from models.settings import Settings
from models.statements import table_of
from models.trash import DeletedItem
from resolvers.identity import old_passwords
from resolvers.legacy.progress import Overtaken
from tests.support.clients import Clock, Product
from tests.support.legacy import move, recorder, verified

USERS, IDS, EVENTS = table_of(User), table_of(LegacyId), table_of(AuditEvent)
WORK_LOGS = table_of(WorkLog)
MOVED = {
    # Of 60, four have a short account; six have the account of the one before, three of them with another name.
    "users": {"read": 60, "imported": 50, "joined": 3, "refused": 7},
    # Five are of users who were refused, one of somebody who joined another with a goal.
    "employment_goals": {"read": 40, "imported": 34, "refused": 6},
    "postgraduate_goals": {"read": 20, "imported": 18, "refused": 2},
    # Of users who were refused, of nobody, or in a slot where one is, as those of two who are one person.
    "clock_ins": {"read": 600, "imported": 488, "refused": 112},
    "work_logs": {"read": 30, "imported": 23, "refused": 7, "time line imported": 40, "time line refused": 3},
    "posts": {"read": 12, "imported": 11, "refused": 1, "comments imported": 17, "comments refused": 4},
}


async def counted(database: Database, model: type) -> int:
    return int(await database.fetch_value(select(func.count()).select_from(table_of(model))))


async def hash_of(database: Database, user_id: int) -> str | None:
    statement = select(USERS.c.password_hash).where(USERS.c.id == user_id)
    found: str | None = await database.fetch_value(statement)
    return found


async def test_the_recorder_moves_in(
    product: Product, settings: Settings, database: Database, clock: Clock, tmp_path: Path
) -> None:
    dump, report = recorder(tmp_path), tmp_path / "refused.csv"

    assert await move(settings, clock, "recorder", dump, report=report) == MOVED

    with report.open(encoding="utf-8-sig", newline="") as file:
        refused = list(csv.DictReader(file))
    assert Counter(row["kind"] for row in refused) == {
        "users": 7,
        "employment_goals": 6,
        "postgraduate_goals": 2,
        "clock_ins": 112,
        "work_logs": 7,
        "work_logs: time line": 3,
        "posts": 1,
        "posts: comments": 4,
    }
    assert refused[0] == {
        "kind": "users",
        "row": "13",
        "id": "13",
        "reason": "account must be 10 letters or digits: 200000001",
    }
    assert refused[1]["reason"] == "2000000018 belongs to a user with another name."

    # An old hash is accepted once. Another password is none, and the second time the hash is one of ours.
    assert (await hash_of(database, 2) or "").startswith(old_passwords.SHA256)
    wrong = await product.rest("POST", "/api/v1/user/login", {"account": account_of(2), "password": "secret3"})
    assert wrong.json()["code"] == 1
    student = await product.login(account_of(2), password_of(2))
    assert student.id == 2
    assert (await hash_of(database, 2) or "").startswith("$2b$")
    assert (await product.login(account_of(2), password_of(2))).id == 2
    # Who never changed the first password has it still, as after an import of students.
    assert (await product.login(account_of(20), account_of(20)[-6:])).id == 20
    # Two rows of one person are one: both ids lead there, and what stood under either is theirs.
    one = await product.login(account_of(8), password_of(8))
    found = await product.rest("GET", "/api/v1/clock_in/search", person=one, query={"uid": 9})
    assert (one.id, {row["uid"] for row in found.json()["data"]["rows"]}) == (8, {8})

    # The first id is taken by the administrator of before: it stands for what it became in its source alone.
    new_id = await database.fetch_value(select(IDS.c.new_id).where(IDS.c.kind == "users", IDS.c.old_id == "1"))
    assert new_id > 60
    administrator = await product.login(account_of(1), password_of(1))
    assert administrator.id == new_id
    found = await product.rest("GET", "/api/v1/user/search", person=administrator, query={"account": "00000002"})
    assert [row["user"]["account"] for row in found.json()["data"]["rows"]][:2] == [account_of(2), account_of(20)]

    await check_what_is_beside_the_rows(product, database, administrator)

    # The second time nothing is new, and both sides agree.
    again = await move(settings, clock, "recorder", dump, report=report)
    assert again["clock_ins"] == {"read": 600, "present": 488, "refused": 112}
    assert again["users"] == {"read": 60, "present": 53, "refused": 7}
    both = {each.kind: each for each in await verified(settings, clock, "recorder", dump)}
    assert [each.kind for each in both.values() if not each.agrees] == []
    scores = both["postgraduate_goals"]
    assert (
        scores.sum_there == scores.sum_here == sum(300.5 + number for number in range(1, 21) if number not in (9, 13))
    )


async def check_what_is_beside_the_rows(product: Product, database: Database, administrator: Any) -> None:
    """Totals, the words that are searched, the audit trail; and nobody was told anything."""
    total = await product.data("{ clockIns(first: 1) { totalCount } }", person=administrator)
    assert total == {"clockIns": {"totalCount": 488}}
    assert await counted(database, SearchPending) == 0
    assert await counted(database, IndexedPerson) == await counted(database, User)
    assert (await counted(database, Notification), await counted(database, DeletedItem)) == (0, 0)
    events = await database.fetch(select(EVENTS.c.details).where(EVENTS.c.action == "import_legacy"))
    assert [event.details["clock_ins"] for event in events] == ["read 600, imported 488, refused 112, present 0"]
    # The newest comment stood first; the one before it is anonymous.
    comments = await database.fetch(select(table_of(Comment)).where(text("post_id = 2")).order_by(text("id")))
    assert [(row.author_id, row.content, row.anonymous) for row in comments] == [
        (6, "加油！1", True),
        (7, "加油！0", False),
    ]
    log = await product.rest("GET", "/api/v1/wl/list", person=administrator, query={"uid": 3})
    assert [line["status"] for line in log.json()["data"]["work_logs"][0]["status_time_line"]] == [
        "投递简历",
        '面试\n"二面"',
    ]


async def test_of_two_imports_at_once_one_ends_and_nothing_comes_twice(
    product: Product, settings: Settings, database: Database, clock: Clock, tmp_path: Path
) -> None:
    assert product
    dump = recorder(tmp_path, users=12)

    both = await asyncio.gather(
        *(move(settings, clock, "recorder", dump, batch_rows=4) for _ in range(2)), return_exceptions=True
    )

    ended = [each for each in both if isinstance(each, Exception)]
    assert [type(each) for each in ended] in ([], [Overtaken]), ended
    again = await move(settings, clock, "recorder", dump)
    assert again["work_logs"] == {"read": 6, "present": 6}
    numbers = await database.fetch_value(select(func.count(func.distinct(WORK_LOGS.c.user_id))))
    assert (await counted(database, WorkLog), numbers) == (6, 6)

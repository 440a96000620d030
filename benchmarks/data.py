"""The data that is measured against: people with live sessions, clock-ins, and posts with comments."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, func, insert, select, text

from models.attendance import ClockIn, ClockInSlot
from models.community import Comment, Post
from models.db import Transaction
from models.identity import Api, Credential, CredentialKind, Role, Session, User, UserRole
from models.settings import Settings
from models.statements import table_of
from resolvers.attendance import slot_at
from resolvers.scope import Services
from resolvers.startup import prepare

FIRST_USER = 1_000_001
FIRST_ACCOUNT = 3_000_000_001
ANONYMOUS = 0.2
LIFETIME = timedelta(days=1)
LOCATION = "图书馆三楼"
CHUNK = 10_000
MANY = 100_000
"""From so many clock-ins on, SQLite makes them itself."""

T = TypeVar("T")

_clock_ins = table_of(ClockIn)
_ADDED = select(func.count()).select_from(_clock_ins).where(_clock_ins.c.created_at >= bindparam("since"))
# What `_clock_ins_until` yields, but for the microseconds.
_MAKE_CLOCK_INS = text("""
WITH RECURSIVE numbers(number) AS (SELECT :count - 1 UNION ALL SELECT number - 1 FROM numbers WHERE number > 0),
places AS (
  SELECT :first_user + number % :users AS user_id, number / :users / 3 + 1 AS days, number / :users % 3 AS slot
  FROM numbers),
times AS (
  SELECT *, strftime('%Y-%m-%d %H:%M:%f', :now, '-' || days || ' days', '-' || (5 * slot) || ' hours') AS instant
  FROM places)
INSERT INTO clock_ins (user_id, business_date, slot, clocked_in_at, location, created_at, updated_at)
SELECT user_id, date(:today, '-' || days || ' days'),
  CASE slot WHEN 0 THEN 'evening' WHEN 1 THEN 'afternoon' ELSE 'morning' END, instant, :location, instant, instant
FROM times""")
_FORGET = delete(_clock_ins).where(_clock_ins.c.created_at >= bindparam("since"))


@dataclass(frozen=True, slots=True)
class Volume:
    """How much data there is."""

    users: int
    clock_ins: int
    posts: int
    comments: int
    """Of each post."""


def fill(settings: Settings, volume: Volume, *, now: datetime) -> list[str]:
    """Prepare an empty database, fill it, and return a token for each user, the last of whom is an administrator.

    The same volume at the same instant gives the same rows and tokens on every database.
    """

    async def run(services: Services) -> list[str]:
        await prepare(services, settings)
        return await _fill(services, volume, now)

    return with_services(settings, run)


def forget_clock_ins(settings: Settings, *, since: datetime) -> int:
    """Take away what was clocked in since an instant, so that everybody can clock in again; how many there were."""

    async def run(services: Services) -> int:
        async with services.database.transaction() as transaction:
            found = int(await transaction.fetch_value(_ADDED, {"since": since}))
            await transaction.execute(_FORGET, {"since": since})
        return found

    return with_services(settings, run)


def with_services(settings: Settings, run: Callable[[Services], Awaitable[T]]) -> T:
    """What a coroutine returns that is given the services of a database."""

    async def with_services() -> T:
        services = Services.from_settings(settings)
        try:
            return await run(services)
        finally:
            await services.close()

    return asyncio.run(with_services())


async def _fill(services: Services, volume: Volume, now: datetime) -> list[str]:
    expires_at = now + LIFETIME
    chance = Random("benchmark")  # noqa: S311 -- the same data every time
    users = [
        (FIRST_USER + number, str(FIRST_ACCOUNT + number), str(uuid.UUID(int=chance.getrandbits(128), version=4)))
        for number in range(volume.users)
    ]
    ids = [user_id for user_id, _account, _jti in users]
    posts = range(1, volume.posts + 1)
    makes_clock_ins = services.database.is_sqlite and volume.clock_ins >= MANY
    tables: dict[type, Iterable[dict[str, Any]]] = {
        User: (user_row(user_id) for user_id in ids),
        Credential: (
            {"user_id": user_id, "kind": CredentialKind.STUDENT_ACCOUNT, "identifier": account}
            for user_id, account, _jti in users
        ),
        Session: (
            {
                "user_id": user_id,
                "api": Api.WORK_PROGRESS,
                "jti": jti,
                "exclusive": True,
                "expires_at": expires_at,
                "revoked_at": None,
            }
            for user_id, _account, jti in users
        ),
        UserRole: ({"user_id": ids[-1], "role": Role.ADMINISTRATOR},),
        ClockIn: () if makes_clock_ins else _clock_ins_until(now, ids, volume.clock_ins),
        Post: (
            {
                "id": post_id,
                "author_id": chance.choice(ids),
                "title": f"第 {post_id} 篇心得",
                "content": "今天的学习与求职记录。" * 20,
                "anonymous": chance.random() < ANONYMOUS,
            }
            for post_id in posts
        ),
        Comment: (
            {
                "post_id": post_id,
                "author_id": chance.choice(ids),
                "content": "谢谢分享，正好需要！",
                "anonymous": chance.random() < ANONYMOUS,
            }
            for _round in range(volume.comments)
            for post_id in posts
        ),
    }
    async with services.database.transaction() as transaction:
        for model, rows in tables.items():
            times = {"created_at": now, "updated_at": now}
            await add_rows(transaction, model, ({**times, **row} for row in rows))
        if makes_clock_ins:
            values = {
                "count": volume.clock_ins,
                "users": volume.users,
                "first_user": FIRST_USER,
                "now": now.strftime("%Y-%m-%d %H:%M:%S.%f"),
                "today": slot_at(now)[0].isoformat(),
                "location": LOCATION,
            }
            await transaction.execute(_MAKE_CLOCK_INS, values)
        if not services.database.is_sqlite:
            await transaction.execute(text("ANALYZE"))  # which the server's autovacuum would do
    return [
        services.signer.sign(
            user_id=user_id, name=_name(user_id), roles=frozenset(), jti=jti, now=now, expires_at=expires_at
        ).text
        for user_id, _account, jti in users
    ]


async def add_rows(transaction: Transaction, model: type, rows: Iterator[dict[str, Any]]) -> None:
    """Insert rows into a table, many at a time."""
    statement = insert(table_of(model))
    while chunk := list(islice(rows, CHUNK)):
        await transaction.execute_many(statement, chunk)


def _name(user_id: int) -> str:
    return f"学生{user_id}"


def user_row(user_id: int) -> dict[str, Any]:
    """A row of `users`, but for the times."""
    return {
        "id": user_id,
        "name": _name(user_id),
        "class_name": "一班",
        "major": "软件工程",
        "password_hash": None,
        "has_initial_password": True,
        "must_change_password": False,
        "pursues_postgraduate": False,
        "pursues_employment": True,
    }


def _clock_ins_until(now: datetime, ids: Sequence[int], count: int) -> Iterator[dict[str, Any]]:
    """The latest `count` of everybody's clock-ins up to yesterday, the oldest first."""
    today, _slot = slot_at(now)
    slots = list(ClockInSlot)
    for number in range(count - 1, -1, -1):
        slots_ago, person = divmod(number, len(ids))
        days_ago, slot = divmod(slots_ago, len(slots))
        clocked_in_at = now - timedelta(days=1 + days_ago, hours=5 * slot)
        yield {
            "user_id": ids[person],
            "business_date": today - timedelta(days=1 + days_ago),
            "slot": slots[-1 - slot],
            "clocked_in_at": clocked_in_at,
            "location": LOCATION,
            "created_at": clocked_in_at,
            "updated_at": clocked_in_at,
        }

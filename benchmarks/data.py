"""The data that is measured against: people with live sessions, clock-ins, and posts with comments."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert

from models.attendance import ClockIn, ClockInSlot
from models.community import Comment, Post
from models.identity import Api, Credential, CredentialKind, Session, User
from models.settings import Settings
from models.statements import table_of
from resolvers.attendance import slot_at
from resolvers.scope import Services
from resolvers.startup import prepare

FIRST_USER = 1_000_001
FIRST_ACCOUNT = 3_000_000_001
ANONYMOUS = 0.2
LIFETIME = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Volume:
    """How much data there is."""

    users: int
    clock_ins: int
    posts: int
    comments: int
    """Of each post."""


async def fill(settings: Settings, volume: Volume) -> list[str]:
    """Prepare an empty database, fill it, and return a token for each user."""
    services = Services.from_settings(settings)
    try:
        await prepare(services, settings)
        return await _fill(services, volume)
    finally:
        await services.close()


async def _fill(services: Services, volume: Volume) -> list[str]:
    now = services.clock()
    expires_at = now + LIFETIME
    chance = Random("benchmark")  # noqa: S311 -- the same data every time
    users = [(FIRST_USER + number, str(FIRST_ACCOUNT + number), str(uuid.uuid4())) for number in range(volume.users)]
    ids = [user_id for user_id, _account, _jti in users]
    posts = range(1, volume.posts + 1)
    tables: dict[type, list[dict[str, Any]]] = {
        User: [_user(user_id) for user_id in ids],
        Credential: [
            {"user_id": user_id, "kind": CredentialKind.STUDENT_ACCOUNT, "identifier": account}
            for user_id, account, _jti in users
        ],
        Session: [
            {
                "user_id": user_id,
                "api": Api.WORK_PROGRESS,
                "jti": jti,
                "exclusive": True,
                "expires_at": expires_at,
                "revoked_at": None,
            }
            for user_id, _account, jti in users
        ],
        ClockIn: list(_clock_ins(now, ids, volume.clock_ins)),
        Post: [
            {
                "id": post_id,
                "author_id": chance.choice(ids),
                "title": f"第 {post_id} 篇心得",
                "content": "今天的学习与求职记录。" * 20,
                "anonymous": chance.random() < ANONYMOUS,
            }
            for post_id in posts
        ],
        Comment: [
            {
                "post_id": post_id,
                "author_id": chance.choice(ids),
                "content": "谢谢分享，正好需要！",
                "anonymous": chance.random() < ANONYMOUS,
            }
            for _round in range(volume.comments)
            for post_id in posts
        ],
    }
    async with services.database.transaction() as transaction:
        for model, rows in tables.items():
            times = {"created_at": now, "updated_at": now}
            await transaction.execute_many(insert(table_of(model)), [{**times, **row} for row in rows])
    return [
        services.signer.sign(
            user_id=user_id, name=_name(user_id), roles=frozenset(), jti=jti, now=now, expires_at=expires_at
        ).text
        for user_id, _account, jti in users
    ]


def _name(user_id: int) -> str:
    return f"学生{user_id}"


def _user(user_id: int) -> dict[str, Any]:
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


def _clock_ins(now: datetime, ids: Sequence[int], count: int) -> Iterator[dict[str, Any]]:
    """The latest `count` of everybody's clock-ins up to yesterday, the oldest first."""
    today, _slot = slot_at(now)
    slots = len(ClockInSlot)
    for number in range(count - 1, -1, -1):
        slots_ago, person = divmod(number, len(ids))
        days_ago, slot = divmod(slots_ago, slots)
        clocked_in_at = now - timedelta(days=1 + days_ago, hours=5 * slot)
        yield {
            "user_id": ids[person],
            "business_date": today - timedelta(days=1 + days_ago),
            "slot": list(ClockInSlot)[slots - 1 - slot],
            "clocked_in_at": clocked_in_at,
            "location": "图书馆三楼",
            "created_at": clocked_in_at,
            "updated_at": clocked_in_at,
        }

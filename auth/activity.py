"""When sessions and their users were last there: noted in memory, and written some minutes later, many at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, update

from auth.principal import Principal
from models.db import Database
from models.identity import Session, User
from models.statements import table_of

RESOLUTION = timedelta(minutes=5)
"""A session that goes on being used is written this often."""
BATCH = 500
"""The sessions that one transaction writes."""

_users, _sessions = table_of(User), table_of(Session)
_SEEN = (
    update(_users)
    .where(
        _users.c.id == bindparam("of_user"),
        or_(_users.c.last_active_at.is_(None), _users.c.last_active_at < bindparam("at")),
    )
    .values(last_active_at=bindparam("at"))
)
_USED = (
    update(_sessions)
    .where(
        _sessions.c.jti == bindparam("of_jti"),
        or_(_sessions.c.last_used_at.is_(None), _sessions.c.last_used_at < bindparam("at")),
    )
    .values(last_used_at=bindparam("at"))
)


class Activity:
    """What one process has noted and not written yet. What it knew when it ends is lost: minutes of no consequence."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[int, datetime]] = {}
        self._written: dict[str, datetime] = {}

    def note(self, principal: Principal, now: datetime) -> None:
        """Somebody's token was accepted."""
        user_id = principal.user_id or principal.confined_user_id
        if principal.jti is None or user_id is None:
            return
        written = self._written.get(principal.jti)
        if written is None or now - written >= RESOLUTION:
            self._waiting[principal.jti] = (user_id, now)

    async def write(self, database: Database, now: datetime) -> None:
        """Write what waits; several processes may do so at once."""
        self._written = {jti: at for jti, at in self._written.items() if now - at < RESOLUTION}
        while self._waiting:
            batch = list(self._waiting.items())[:BATCH]
            await self._store(database, [(jti, user_id, at) for jti, (user_id, at) in batch])
            for jti, noted in batch:
                self._written[jti] = noted[1]
                if self._waiting.get(jti) == noted:
                    del self._waiting[jti]

    async def _store(self, database: Database, noted: Sequence[tuple[str, int, datetime]]) -> None:
        """In one order, users first, so that of transactions about the same rows one waits for the other."""
        seen: dict[int, datetime] = {}
        for _, user_id, at in noted:
            seen[user_id] = max(at, seen.get(user_id, at))
        async with database.transaction() as transaction:
            await transaction.execute_many(
                _SEEN, [{"of_user": user_id, "at": seen[user_id]} for user_id in sorted(seen)]
            )
            await transaction.execute_many(_USED, [{"of_jti": jti, "at": at} for jti, _, at in sorted(noted)])

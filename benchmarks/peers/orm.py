"""The async ORM as SQLModel's documentation has it, for the peers that use it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import jwt
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from auth.tokens import ALGORITHM
from models.identity import Session, User, UserRole
from models.settings import Settings

POOL_SIZE = 16


class Orm:
    """The engine and its sessions, with SQLite set up as the product sets it up."""

    def __init__(self, settings: Settings) -> None:
        self.engine: AsyncEngine = create_async_engine(settings.effective_database_url, pool_size=POOL_SIZE)
        self._key = settings.signing_keys[0]
        self._sessions = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine.sync_engine, "connect", _configure)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session of the ORM."""
        async with self._sessions() as session:
            yield session

    async def caller(self, session: AsyncSession, authorization: str | None) -> User | None:
        """The user of an Authorization header, whose session row is live; None if the header is refused."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, algorithms=[ALGORITHM], options={"require": ["exp", "iat", "sub", "jti"]}
            )
        except jwt.PyJWTError:
            return None
        statement = (
            select(User, Session, UserRole.role)
            .join(Session, (col(Session.user_id) == User.id) & (col(Session.jti) == claims["jti"]))
            .outerjoin(UserRole, col(UserRole.user_id) == User.id)
            .where(User.id == int(claims["sub"]))
        )
        found = (await session.exec(statement)).first()
        if found is None:
            return None
        user, live, _role = found
        if live.revoked_at is not None or live.expires_at <= datetime.now(UTC):
            return None
        return user


def _configure(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("busy_timeout=30000", "journal_mode=WAL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

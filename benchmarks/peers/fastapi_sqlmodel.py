"""FastAPI with SQLModel's async session: REST clock_in/search."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Query
from pydantic import BaseModel
from sqlalchemy import and_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.peers.orm import Orm
from benchmarks.peers.serving import ready, serve
from models import attendance
from models.identity import Credential, CredentialKind, User
from models.settings import Settings
from resolvers.attendance import SHANGHAI


class Person(BaseModel):
    """Who somebody is."""

    id: int
    account: str
    name: str


class ClockIn(BaseModel):
    """A clock-in as the old API shows it."""

    id: int
    created_at: str
    updated_at: str
    uid: int
    clock_in_time: int
    clock_in_location: str
    user: Person

    @classmethod
    def of(cls, row: attendance.ClockIn, name: str, account: str | None) -> "ClockIn":
        """The one of a row."""
        return cls(
            id=row.id or 0,
            created_at=_shanghai(row.created_at),
            updated_at=_shanghai(row.updated_at),
            uid=row.user_id,
            clock_in_time=int(row.clocked_in_at.timestamp()),
            clock_in_location=row.location,
            user=Person(id=row.user_id, account=account or "", name=name),
        )


class Page(BaseModel):
    """A page of clock-ins."""

    page: int
    page_size: int
    rows: list[ClockIn]
    total: int


class Reply(BaseModel):
    """The envelope."""

    code: int = 0
    msg: str = "success"
    data: Page


def _shanghai(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")


def create_app(settings: Settings) -> Any:
    """The application for these settings; its database must be prepared."""
    orm = Orm(settings)

    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncIterator[None]:
        yield
        await orm.engine.dispose()

    async def a_session() -> AsyncIterator[AsyncSession]:
        async with orm.session() as session:
            yield session

    async def caller(
        session: Annotated[AsyncSession, Depends(a_session)], authorization: Annotated[str | None, Header()] = None
    ) -> User:
        user = await orm.caller(session, authorization)
        if user is None:
            raise HTTPException(401, "Sign in first.")
        return user

    async def search(
        _caller: Annotated[User, Depends(caller)],
        session: Annotated[AsyncSession, Depends(a_session)],
        page: Annotated[int, Query(ge=1)] = 1,
        page_size: Annotated[int, Query(ge=1, le=100)] = 10,
    ) -> Reply:
        is_account = and_(
            col(Credential.user_id) == col(User.id), col(Credential.kind) == CredentialKind.STUDENT_ACCOUNT
        )
        newest = (
            select(attendance.ClockIn, User.name, Credential.identifier)
            .join(User, col(User.id) == col(attendance.ClockIn.user_id))
            .outerjoin(Credential, is_account)
            .order_by(col(attendance.ClockIn.id).desc())
        )
        found = await session.exec(newest.limit(page_size).offset((page - 1) * page_size))
        total = (await session.exec(select(func.count()).select_from(attendance.ClockIn))).one()
        rows = [ClockIn.of(*row) for row in found.all()]
        return Reply(data=Page(page=page, page_size=page_size, rows=rows, total=total))

    app = FastAPI(lifespan=lifespan, openapi_url=None)
    app.add_route("/readyz", ready)
    app.add_api_route("/api/v1/clock_in/search", search, methods=["GET"], response_model=Reply)
    return app


if __name__ == "__main__":
    sys.exit(serve(create_app))

"""Plain Strawberry with the async ORM: the viewer."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import strawberry
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.permission import BasePermission

from benchmarks.peers.orm import Orm
from benchmarks.peers.serving import ready, serve
from models import identity
from models.identity import Credential, CredentialKind
from models.settings import Settings


class Context:
    """The ORM and the caller of one request."""

    def __init__(self, orm: Orm, caller: identity.User | None) -> None:
        self.orm = orm
        self.caller = caller


Info = strawberry.Info[Context, None]


class IsSignedIn(BasePermission):
    """The caller has a live session."""

    message = "Sign in first."

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        """Whether the token was accepted."""
        return info.context.caller is not None


@strawberry.type
class User:
    """A person."""

    database_id: int
    name: str
    account: str | None
    class_name: str


async def _viewer(info: Info) -> User | None:
    user = info.context.caller
    if user is None or user.id is None:
        return None
    account = select(Credential).where(
        Credential.user_id == user.id, col(Credential.kind) == CredentialKind.STUDENT_ACCOUNT
    )
    async with info.context.orm.session() as session:
        credential = (await session.exec(account)).first()
    return User(
        database_id=user.id,
        name=user.name,
        account=credential.identifier if credential else None,
        class_name=user.class_name,
    )


@strawberry.type
class Query:
    """The part of the graph that is measured."""

    viewer: User | None = strawberry.field(resolver=_viewer, permission_classes=[IsSignedIn])


class View(GraphQL[Context, None]):
    """Strawberry's view with the context of a request."""

    def __init__(self, orm: Orm) -> None:
        self._orm = orm
        super().__init__(strawberry.Schema(Query), graphql_ide=None)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Who calls."""
        async with self._orm.session() as session:
            return Context(self._orm, await self._orm.caller(session, request.headers.get("authorization")))


def create_app(settings: Settings) -> Starlette:
    """The application for these settings; its database must be prepared."""
    orm = Orm(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await orm.engine.dispose()

    return Starlette(routes=[Route("/readyz", ready), Route("/graphql", View(orm))], lifespan=lifespan)


if __name__ == "__main__":
    sys.exit(serve(create_app))

"""Plain Strawberry on the product's data path, with DataLoaders; with `--caches`, its two caches too."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import Row
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.permission import BasePermission

from benchmarks.peers.serving import ready, serve, signed_in
from models.identity import Api
from models.settings import Settings
from resolvers import community
from resolvers.identity import users
from resolvers.paging import PageRequest
from resolvers.scope import Scope, Services

CACHES = "--caches"


class Context:
    """The caller and the loaders of one request."""

    def __init__(self, scope: Scope | None) -> None:
        self.scope = scope
        self.users: DataLoader[int, Row[Any] | None] = DataLoader(self._load_users)
        self.comments: DataLoader[tuple[int, int], Sequence[Row[Any]]] = DataLoader(self._load_comments)

    @property
    def caller(self) -> Scope:
        """The scope of a caller who is signed in, as `IsSignedIn` has made sure."""
        if self.scope is None:
            raise RuntimeError("The field has no permission class.")
        return self.scope

    async def _load_users(self, ids: list[int]) -> Sequence[Row[Any] | None]:
        return await users.by_id(self.caller, ids)

    async def _load_comments(self, keys: list[tuple[int, int]]) -> list[Sequence[Row[Any]]]:
        found = {}
        for first in {first for _post_id, first in keys}:
            posts = [post_id for post_id, size in keys if size == first]
            pages = await community.comments_of_posts(self.caller, posts, PageRequest(first))
            found.update({(post_id, first): page.rows for post_id, page in zip(posts, pages, strict=True)})
        return [found[key] for key in keys]


Info = strawberry.Info[Context, None]


class IsSignedIn(BasePermission):
    """The caller has a live session."""

    message = "Sign in first."

    def has_permission(self, source: Any, info: Any, **kwargs: Any) -> bool:
        """Whether the token was accepted."""
        return info.context.scope is not None


@strawberry.type
class User:
    """A person."""

    database_id: int
    name: str
    account: str | None
    class_name: str

    @classmethod
    def of(cls, row: Row[Any] | None) -> "User | None":
        """The person of a row."""
        if row is None:
            return None
        return cls(database_id=row.id, name=row.name, account=row.account, class_name=row.class_name)


async def _author(info: Info, author_id: int | None) -> User | None:
    return None if author_id is None else User.of(await info.context.users.load(author_id))


@strawberry.type
class Comment:
    """A remark under a post."""

    author_id: strawberry.Private[int | None]
    content: str
    created_at: datetime

    @strawberry.field
    async def author(self, info: Info) -> User | None:
        """Who wrote it."""
        return await _author(info, self.author_id)


@strawberry.type
class CommentConnection:
    """A page of comments."""

    nodes: list[Comment]


@strawberry.type
class Post:
    """An experience that a student shares."""

    row_id: strawberry.Private[int]
    author_id: strawberry.Private[int | None]
    title: str
    content: str
    created_at: datetime

    @strawberry.field
    async def author(self, info: Info) -> User | None:
        """Who wrote it."""
        return await _author(info, self.author_id)

    @strawberry.field
    async def comments(self, info: Info, first: int = 20) -> CommentConnection:
        """What others say about it."""
        rows = await info.context.comments.load((self.row_id, first))
        return CommentConnection(
            nodes=[Comment(author_id=row.author_id, content=row.content, created_at=row.created_at) for row in rows]
        )


@strawberry.type
class PostConnection:
    """A page of posts."""

    nodes: list[Post]


async def _viewer(info: Info) -> User | None:
    return User.of(await info.context.users.load(info.context.caller.viewer_id))


async def _posts(info: Info, first: int = 20) -> PostConnection:
    page = await community.posts.page(info.context.caller, PageRequest(first), {})
    nodes = [
        Post(row_id=row.id, author_id=row.author_id, title=row.title, content=row.content, created_at=row.created_at)
        for row in page.rows
    ]
    return PostConnection(nodes=nodes)


@strawberry.type
class Query:
    """The part of the graph that is measured."""

    viewer: User | None = strawberry.field(resolver=_viewer, permission_classes=[IsSignedIn])
    posts: PostConnection = strawberry.field(resolver=_posts, permission_classes=[IsSignedIn])


class View(GraphQL[Context, None]):
    """Strawberry's view with the context of a request."""

    def __init__(self, schema: strawberry.Schema, services: Services) -> None:
        self._services = services
        super().__init__(schema, graphql_ide=None)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Who calls."""
        return Context(await signed_in(self._services, request, apis=frozenset(Api)))


def create_app(settings: Settings) -> Starlette:
    """The application for these settings; its database must be prepared."""
    services = Services.from_settings(settings)
    schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache] if CACHES in sys.argv else [])

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await services.close()

    return Starlette(routes=[Route("/readyz", ready), Route("/graphql", View(schema, services))], lifespan=lifespan)


if __name__ == "__main__":
    sys.exit(serve(create_app))

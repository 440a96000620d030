"""Plain Starlette handlers for the measured calls: the same token check and the same SQL, without the graph.

They read rows with the batch functions that the product's links use, and the columns that its plans select,
through the same pool, so that the SQL is the same by construction. Everything else is written by hand, as one would
for these four calls alone.
"""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.serving import ready, serve, signed_in
from models.errors import AlreadyClockedIn
from models.identity import Api
from models.settings import Settings
from resolvers import attendance, community
from resolvers.identity import users
from resolvers.paging import PageRequest
from resolvers.scope import Scope, Services

Handler = Callable[[Scope, Request], Awaitable[Any]]


def create_app(settings: Settings) -> Starlette:
    """The application for these settings; its database must be prepared."""
    services = Services.from_settings(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await services.close()

    def checked(handler: Handler, apis: Collection[Api]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            scope = await signed_in(services, request, apis=apis)
            if scope is None:
                return Response(status_code=401)
            return Response(orjson.dumps(await handler(scope, request)), media_type="application/json")

        return answer

    recorder, graph = frozenset({Api.WORK_PROGRESS}), frozenset(Api)
    return Starlette(
        routes=[
            Route("/readyz", ready),
            Route("/api/v1/clock_in/search", checked(_search_clock_ins, recorder)),
            Route("/api/v1/clock_in/add", checked(_add_clock_in, recorder), methods=["POST"]),
            Route("/graphql", checked(_operation, graph), methods=["POST"]),
        ],
        lifespan=lifespan,
    )


_CLOCK_IN = frozenset({"created_at", "updated_at", "user_id", "clocked_in_at", "location"})
_POST = frozenset({"title", "created_at", "author_id"})
_comments_of_posts = community.comments_of_posts.project(frozenset({"content", "author_id"}))
_viewer_by_id = users.by_id.project(frozenset({"name", "account", "class_name"}))
_name_by_id = users.by_id.project(frozenset({"name"}))
_identity_by_id = users.by_id.project(frozenset({"name", "account"}))


async def _search_clock_ins(scope: Scope, request: Request) -> Any:
    page = int(request.query_params.get("page", "1"))
    size = int(request.query_params.get("page_size", "10"))
    found = await attendance.everybodys.page(scope, PageRequest(size, page=page), {}, _CLOCK_IN)
    total = await attendance.everybodys.count(scope, {})
    keys = list(dict.fromkeys(row.user_id for row in found.rows))
    people = {row.id: row for row in await _identity_by_id(scope, keys) if row is not None}
    rows = [
        {
            "id": row.id,
            "created_at": _shanghai(row.created_at),
            "updated_at": _shanghai(row.updated_at),
            "uid": row.user_id,
            "clock_in_time": int(row.clocked_in_at.timestamp()),
            "clock_in_location": row.location,
            "user": _identified(people.get(row.user_id)),
        }
        for row in found.rows
    ]
    return _enveloped({"page": page, "page_size": size, "rows": rows, "total": total})


async def _add_clock_in(scope: Scope, request: Request) -> Any:
    location = orjson.loads(await request.body())["location"]
    async with scope.begin():
        try:
            await attendance.clock_in(scope, location=location)
        except AlreadyClockedIn:
            return {"code": 1, "msg": "您在当前时间段已经打过卡了哦", "data": None}
    return _enveloped(None)


async def _operation(scope: Scope, request: Request) -> Any:
    name = orjson.loads(await request.body())["operationName"]
    return {"data": await _OPERATIONS[name](scope)}


async def _viewer(scope: Scope) -> Any:
    (row,) = await _viewer_by_id(scope, [scope.viewer_id])
    if row is None:
        return {"viewer": None}
    return {
        "viewer": {"databaseId": row.id, "name": row.name, "account": row.account, "className": row.class_name},
    }


async def _posts(scope: Scope) -> Any:
    posts = (await community.posts.page(scope, PageRequest(10), {}, _POST)).rows
    pages = await _comments_of_posts(scope, [post.id for post in posts], PageRequest(5))
    author_ids = [post.author_id for post in posts]
    people = await _people(scope, [*author_ids, *(comment.author_id for page in pages for comment in page.rows)])
    nodes = [
        {
            "title": post.title,
            "createdAt": post.created_at.isoformat(),
            "author": _named(people.get(post.author_id)),
            "comments": {
                "nodes": [
                    {"content": comment.content, "author": _named(people.get(comment.author_id))}
                    for comment in page.rows
                ]
            },
        }
        for post, page in zip(posts, pages, strict=True)
    ]
    return {"posts": {"nodes": nodes}}


_OPERATIONS = {"Viewer": _viewer, "Posts": _posts}


async def _people(scope: Scope, ids: Sequence[int | None]) -> dict[int | None, Row[Any]]:
    keys = list(dict.fromkeys(user_id for user_id in ids if user_id is not None))
    return {row.id: row for row in await _name_by_id(scope, keys) if row is not None}


def _identified(user: Row[Any] | None) -> Any:
    return None if user is None else {"id": user.id, "account": user.account or "", "name": user.name}


def _named(user: Row[Any] | None) -> Any:
    return None if user is None else {"name": user.name}


def _shanghai(instant: datetime) -> str:
    return instant.astimezone(attendance.SHANGHAI).isoformat(timespec="seconds")


def _enveloped(data: Any) -> Any:
    return {"code": 0, "msg": "success", "data": data}


if __name__ == "__main__":
    sys.exit(serve(create_app))

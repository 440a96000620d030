"""Ariadne on the product's data path: the nested posts, with DataLoaders."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from ariadne import ObjectType, QueryType, ScalarType, make_executable_schema
from ariadne.asgi import GraphQL
from graphql import GraphQLError
from sqlalchemy import Row
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from benchmarks.peers.serving import ready, serve, signed_in
from benchmarks.peers.strawberry_plain import Context
from models.identity import Api
from models.settings import Settings
from resolvers import community
from resolvers.paging import PageRequest
from resolvers.scope import Services

TYPES = """
type Query { posts(first: Int! = 20): PostConnection! }
type PostConnection { nodes: [Post!]! }
type CommentConnection { nodes: [Comment!]! }
type User { name: String! }
type Post {
  title: String!
  content: String!
  createdAt: DateTime!
  author: User
  comments(first: Int! = 20): CommentConnection!
}
type Comment { content: String!, createdAt: DateTime!, author: User }
scalar DateTime
"""


async def _posts(_root: None, info: Any, *, first: int) -> dict[str, Any]:
    context: Context = info.context["request_context"]
    if context.scope is None:
        raise GraphQLError("Sign in first.")
    return {"nodes": (await community.posts.page(context.scope, PageRequest(first), {})).rows}


async def _comments(post: Row[Any], info: Any, *, first: int) -> dict[str, Any]:
    return {"nodes": await info.context["request_context"].comments.load((post.id, first))}


async def _author(row: Row[Any], info: Any) -> Row[Any] | None:
    if row.author_id is None:
        return None
    author: Row[Any] | None = await info.context["request_context"].users.load(row.author_id)
    return author


def create_app(settings: Settings) -> Starlette:
    """The application for these settings; its database must be prepared."""
    services = Services.from_settings(settings)
    query, post, comment = QueryType(), ObjectType("Post"), ObjectType("Comment")
    query.set_field("posts", _posts)
    post.set_field("author", _author)
    post.set_field("comments", _comments)
    comment.set_field("author", _author)
    instants = ScalarType("DateTime", serializer=lambda value: value.isoformat())
    schema = make_executable_schema(TYPES, query, post, comment, instants, convert_names_case=True)

    async def context(request: Request, _data: object) -> dict[str, Any]:
        return {"request_context": Context(await signed_in(services, request, apis=frozenset(Api)))}

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await services.close()

    graph = GraphQL(schema, context_value=context, introspection=False)
    return Starlette(routes=[Route("/readyz", ready), Route("/graphql", graph)], lifespan=lifespan)


if __name__ == "__main__":
    sys.exit(serve(create_app))

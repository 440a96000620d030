"""The schema for callers who may introspect: `/schema.graphql` in the schema definition language, and
`/schema-map.json` as the page `/schema-map` draws it.
"""

from collections.abc import Awaitable, Callable
from functools import cache

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.types.execution import PreExecutionError

from auth.principal import TOKEN_FAULT_MESSAGES, Principal, TokenFault
from schema.engine.errors import ErrorCode, RequestErrorCode, Unavailable, present_all
from schema.engine.graph import Graph
from schema.engine.http.endpoint import language_of, refused_reply, reply, wording_for
from schema.engine.http.entity_tags import has_current, tag_of
from schema.engine.http.media_types import JSON
from schema.engine.http.refusals import HttpRefusal
from schema.engine.operations import HIDDEN_SCHEMA
from schema.engine.schema_map import schema_map
from watching.work import current


class SchemaView:
    """Sends the schema, the first as the committed SDL has it; 401 or 403 to who may not introspect."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.routes = (
            Route("/schema.graphql", self._sending(self._sdl, "text/plain; charset=utf-8")),
            Route("/schema-map.json", self._sending(self._map, "application/json")),
        )

    def _sdl(self) -> bytes:
        return f"{self._graph.schema.as_str()}\n".encode()

    def _map(self) -> bytes:
        return schema_map(self._graph.schema._schema)

    def _sending(self, make: Callable[[], bytes], media_type: str) -> Callable[[Request], Awaitable[Response]]:
        @cache
        def published() -> tuple[bytes, str]:
            content = make()
            return content, tag_of(content)

        async def send(request: Request) -> Response:
            return await self._send(request, published, media_type)

        return send

    async def _send(self, request: Request, published: Callable[[], tuple[bytes, str]], media_type: str) -> Response:
        """The schema. Errors have the form of the graph's."""
        try:
            context = await self._graph.context(
                request,
                authorization=request.headers.get("authorization"),
                language=language_of(request),
            )
        except Unavailable as outage:
            current().refused(outage.code)
            wording = wording_for(request)
            errors = present_all([GraphQLError(str(outage), original_error=outage)], wording)
            return reply(PreExecutionError(data=None, errors=errors), JSON, wording)
        if not self._graph.schema.sees_schema(context):
            return refused_reply(_refusal(context.scope.principal), JSON, context.wording)
        content, tag = published()
        headers = {"Cache-Control": "private, no-cache", "ETag": tag, "Vary": "Authorization"}
        if has_current(request, tag):
            return Response(status_code=304, headers=headers)
        return Response(content, headers=headers, media_type=media_type)


def _refusal(principal: Principal) -> HttpRefusal:
    if principal.is_signed_in:
        return HttpRefusal(403, HIDDEN_SCHEMA, RequestErrorCode.INTROSPECTION_FORBIDDEN)
    message = TOKEN_FAULT_MESSAGES[principal.fault]
    if principal.fault is TokenFault.PASSWORD_CHANGE_REQUIRED:
        return HttpRefusal(403, message, ErrorCode.PASSWORD_CHANGE_REQUIRED)
    return HttpRefusal(401, message, ErrorCode.UNAUTHENTICATED, headers={"www-authenticate": "Bearer"})

"""`/graphql` over HTTP, and the door to WebSocket."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

import orjson
import structlog
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from schema.context import Context
from schema.errors import INTERNAL_ERROR
from schema.explorer import Explorer
from schema.graph import Graph
from schema.websocket import Connection, Handler, SocketLimits, TextAdapter

BAD_REQUEST = "BAD_REQUEST"
PREFLIGHT_HEADERS = ("x-graphql-preflight", "apollo-require-preflight")
"""A browser asks first before it sends one of these across origins, which it does not for a plain form."""

log = structlog.get_logger()


def _refused(status: int, message: str, code: str) -> Response:
    error = {"message": message, "extensions": {"code": code}}
    return Response(orjson.dumps({"errors": [error]}), status, media_type="application/json")


class GraphQLView(GraphQL[Context, None]):
    """Strawberry's view with our context; it answers bodies that are no GraphQL request with 400."""

    graphql_transport_ws_handler_class = Handler
    websocket_adapter_class = TextAdapter

    def __init__(
        self, graph: Graph, explorer: Explorer, *, socket_limits: SocketLimits, allowed_origins: Sequence[str] = ()
    ) -> None:
        self.socket_limits = socket_limits
        self._graph = graph
        self._explorer = explorer
        super().__init__(
            graph.schema,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            multipart_uploads_enabled=True,
            connection_init_wait_timeout=timedelta(seconds=socket_limits.init_seconds),
            allowed_origins=allowed_origins,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is refused before execution is JSON too."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except HTTPException as refusal:
            response = _refused(refusal.status_code, refusal.reason, BAD_REQUEST)
        except SQLAlchemyError:
            # Even who is calling could not be found out.
            log.exception("database_failed", path=scope["path"])
            response = _refused(503, "The database does not answer.", INTERNAL_ERROR)
        finally:
            await request.close()  # the temporary files of a form
        await response(scope, receive, send)

    def too_large(self) -> Response:
        """The reply to a body over the limit."""
        return _refused(413, "The body is too large.", BAD_REQUEST)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """The context of one request; for a WebSocket, what the contexts of its operations are made of."""
        if isinstance(request, WebSocket):
            return cast("Context", Connection(request))
        return await self._graph.context(request, response, authorization=request.headers.get("authorization"))

    async def operation_context(self, connection: Connection) -> Context:
        """The context of one operation over a WebSocket."""
        return await self._graph.context(connection.websocket, authorization=connection.authorization)

    async def render_graphql_ide(self, request: Request) -> Response:
        """The explorer, for browsers."""
        return self._explorer.page()

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """The operation of a request, whose parts have the types they must have."""
        is_form = (request.content_type or "").lower().startswith("multipart/")
        if is_form and not any(header in request.headers for header in PREFLIGHT_HEADERS):
            raise HTTPException(400, f"A multipart request needs one of the headers {', '.join(PREFLIGHT_HEADERS)}.")
        data = await super().parse_http_body(request)
        if isinstance(data, GraphQLRequestData) and not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "The GraphQL operation's `operationName` must be a string.")
        return data

    def decode_json(self, data: str | bytes) -> object:
        """The body, strictly: no NaN, no lone surrogates, and an object at the top."""
        decoded = orjson.loads(data)
        if not isinstance(decoded, dict):
            raise HTTPException(400, "The request must be a JSON object.")
        return decoded

    def encode_json(self, data: Any) -> bytes:
        """The reply."""
        return orjson.dumps(data)

"""The ASGI view of `/graphql`: HTTP requests, and the entry to WebSocket connections."""

from datetime import timedelta
from typing import Any, cast

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from schema.engine.context import Context
from schema.engine.errors import RequestErrorCode
from schema.engine.explorer import Explorer
from schema.engine.graph import Graph
from schema.engine.http.endpoint import HttpEndpoint, refused_reply, wording_for
from schema.engine.http.media_types import JSON
from schema.engine.http.origins import AllowedOrigins
from schema.engine.http.refusals import HttpRefusal
from schema.engine.persisted import PersistedQueries
from schema.engine.websocket import GRAPHQL, Connection, Handler, SocketLimits, TextAdapter
from schema.engine.wording import Message
from watching.work import current


class GraphQLView(GraphQL[Context, None]):
    """Strawberry's view for WebSocket, with our context; over HTTP `schema.engine.http` answers."""

    graphql_transport_ws_handler_class = Handler
    websocket_adapter_class = TextAdapter

    def __init__(
        self,
        graph: Graph,
        explorer: Explorer,
        *,
        persisted: PersistedQueries,
        socket_limits: SocketLimits,
        allowed_origins: AllowedOrigins,
    ) -> None:
        self._socket_limits = socket_limits
        self._allowed_origins = allowed_origins
        self._graph = graph
        self._http = HttpEndpoint(graph, explorer, persisted)
        super().__init__(
            graph.schema,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
            connection_init_wait_timeout=timedelta(seconds=socket_limits.init_seconds),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        current().endpoint = GRAPHQL
        request = Request(scope, receive)
        try:
            response = await self._http.answer(request)
        finally:
            await request.close()  # the temporary files of a form
        await response(scope, receive, send)

    def is_websocket_origin_allowed(self, request: object, origin: str) -> bool:
        """Whether a page of another origin may open a WebSocket."""
        return self._allowed_origins.allow(origin)

    def too_large(self, request: Request) -> Response:
        """The reply to a request whose body is over the limit."""
        current().endpoint = GRAPHQL
        refused = HttpRefusal(413, Message("The body is too large."), RequestErrorCode.PAYLOAD_TOO_LARGE)
        return refused_reply(refused, JSON, wording_for(request))

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """What the contexts of the operations of a WebSocket are made of."""
        return cast("Context", Connection(cast("WebSocket", request), self._graph, self._socket_limits))

    def decode_json(self, data: str | bytes) -> object:
        """The body, strictly: no NaN, no lone surrogates, and an object at the top."""
        decoded = orjson.loads(data)
        if not isinstance(decoded, dict):
            raise HTTPException(400, "The request must be a JSON object.")
        return decoded

    def encode_json(self, data: Any) -> bytes:
        """The reply."""
        return orjson.dumps(data)

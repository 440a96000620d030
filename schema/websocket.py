"""`/graphql` over WebSocket, by the protocol graphql-transport-ws: every operation has a context of its own.

Who signs in says so once, in the payload of `connection_init`: `{"Authorization": "Bearer <token>"}`. The
session is looked up for each operation, and for each event of a subscription.
"""

import copy
from collections.abc import AsyncGenerator, Mapping
from typing import TYPE_CHECKING, cast

import structlog
from cross_web import HTTPException
from graphql import GraphQLError
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import Message, SubscribeMessage

from schema.context import Context
from schema.errors import INTERNAL_ERROR

if TYPE_CHECKING:
    from schema.view import GraphQLView

log = structlog.get_logger()


class Connection:
    """What the operations of a WebSocket have in common."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.connection_params: Mapping[str, object] = {}

    @property
    def authorization(self) -> str | None:
        """The Authorization of `connection_init`, or of the request that opened the connection."""
        for name, value in self.connection_params.items():
            if name.lower() == "authorization" and isinstance(value, str):
                return value
        return self.websocket.headers.get("authorization")


class TextAdapter(ASGIWebSocketAdapter):
    """Sends text, as the protocol asks, and refuses what is no JSON object."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """The messages of the client."""
        try:
            async for message in super().iter_json(ignore_parsing_errors=ignore_parsing_errors):
                yield message
        except HTTPException as error:
            raise NonJsonMessageReceived from error

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message."""
        encoded = self.view.encode_json(message)
        try:
            await self.ws.send_text(encoded.decode() if isinstance(encoded, bytes) else encoded)
        except (WebSocketDisconnect, RuntimeError) as error:  # closed by the client; by us
            raise WebSocketDisconnected from error


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Strawberry's handler, which would run all operations of a connection in one context."""

    async def handle_message(self, message: Message) -> None:
        """Act on a message; one whose parts have wrong types closes the connection."""
        try:
            await super().handle_message(message)
        except (TypeError, AttributeError):
            await self.handle_invalid_message("Failed to parse message")

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation."""
        payload = message["payload"]
        query, variables, name = payload["query"], payload.get("variables"), payload.get("operationName")
        typed = isinstance(query, str) and isinstance(variables, dict | None) and isinstance(name, str | None)
        if not typed or not isinstance(message["id"], str):
            raise TypeError
        await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run an operation to its end."""
        view = cast("GraphQLView", self.view)
        try:
            context = await view.operation_context(cast("Connection", self.context))
        except SQLAlchemyError:
            log.exception("database_failed", path="/graphql")
            error = GraphQLError("The database does not answer.", extensions={"code": INTERNAL_ERROR})
            await operation.send_initial_errors([error])
            return
        own = copy.copy(self)
        own.context = context
        await super(Handler, own).run_operation(operation)

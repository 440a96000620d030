"""One WebSocket connection: the shared state of its operations, and its messages."""

import contextlib
import time
from collections.abc import AsyncGenerator, Mapping

import orjson
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected

from auth import clients
from auth.principal import Principal, TokenFault
from auth.sessions import topic_of_ends
from schema.engine.context import Context
from schema.engine.graph import Graph
from schema.engine.websocket.limits import SocketLimits
from schema.engine.wording import Language, negotiated
from watching import metrics, traces
from watching.logs import timestamp, write_line
from watching.work import Work

GRAPHQL = "/graphql"
"""What metrics call the endpoint, however a request spells it."""
MAX_REASON = 123
"""The longest reason of a close frame, in bytes."""


log = structlog.get_logger("access")


class Connection:
    """What the operations of a WebSocket have in common: who is there, and the limits."""

    def __init__(self, websocket: WebSocket, graph: Graph, limits: SocketLimits) -> None:
        self.limits = limits
        self.connection_params: Mapping[str, object] = {}
        self._websocket = websocket
        self._graph = graph

    async def operation_context(self) -> Context:
        """The context of one operation."""
        return await self._graph.context(
            self._websocket, authorization=self._header("authorization"), language=self.language
        )

    async def principal(self) -> Principal:
        """Who is there now."""
        return (await self.operation_context()).scope.principal

    async def end_of_session(self, user_id: int) -> TokenFault:
        """Wait until the session that the connection was opened with has ended; why its token is not accepted.

        The user may be merged into another meanwhile, whom the token stands for from then on: subscriptions from before
        listen for the former user, and are told here.
        """
        events = self._graph.services.events
        passed: list[int] = []
        current: int | None = user_id
        while current is not None:
            async with events.listening(topic_of_ends(current)) as rings:
                while (principal := await self.principal()).user_id == current:
                    await anext(rings)
            passed.append(current)
            current = principal.user_id
        for former in passed[:-1]:
            events.tell_here(topic_of_ends(former), former)
        return principal.fault

    def note(self, work: Work, began: float) -> None:
        """Log, count and trace an operation that has ended. How long a subscription lasted says nothing."""
        seconds = time.perf_counter() - began
        is_subscription = work.operation.startswith("subscription ")
        metrics.socket_operation_ended(work, None if is_subscription else seconds)
        scope = self._websocket.scope
        host = self._websocket.client.host if self._websocket.client else None
        fields = {"id": scope.get("request_id", ""), "milliseconds": int(seconds * 10_000) / 10, **work.fields()}
        about = {"path": GRAPHQL, "client": clients.address(host), **fields}
        write_line(log, {"timestamp": timestamp(time.time()), "level": "info", "event": "operation", **about})
        if seconds >= self.limits.slow_seconds and not is_subscription:
            log.warning("slow_operation", endpoint=GRAPHQL, **fields, **work.spent())
        if work.spans is not None:
            traces.record_socket_operation(work, scope, began)

    @property
    def language(self) -> Language:
        """The language in which the client is spoken to."""
        return negotiated(self._header("accept-language"), Language.ENGLISH)

    def _header(self, wanted: str) -> str | None:
        """A header of `connection_init`, or of the request that opened the connection.

        An Authorization that is empty stands for none, as for clients that have no token.
        """
        for name, value in self.connection_params.items():
            if name.lower() == wanted and isinstance(value, str):
                return value
        return self._websocket.headers.get(wanted)


class TextAdapter(ASGIWebSocketAdapter):
    """Receives JSON objects and sends text, as the protocol asks, until either side closes."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """The messages of the client. Raises NonTextMessageReceived or NonJsonMessageReceived for others."""
        while self._is_open:
            try:
                message = orjson.loads(await self.ws.receive_text())
            except KeyError as error:
                raise NonTextMessageReceived from error
            except orjson.JSONDecodeError as error:
                raise NonJsonMessageReceived from error
            except WebSocketDisconnect:
                return
            if not isinstance(message, dict):
                raise NonJsonMessageReceived
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message, once the client has taken those before. Raises WebSocketDisconnected."""
        encoded = self.view.encode_json(message)
        try:
            await self.ws.send_text(encoded.decode() if isinstance(encoded, bytes) else encoded)
        except (WebSocketDisconnect, RuntimeError) as error:  # closed by the client; by us
            raise WebSocketDisconnected from error

    async def close(self, code: int, reason: str) -> None:
        """Close the connection, unless it is closed already."""
        if not self._is_open:
            return
        clipped = reason.encode(errors="replace")[:MAX_REASON].decode(errors="ignore")
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self.ws.close(code, clipped)

    @property
    def _is_open(self) -> bool:
        return WebSocketState.DISCONNECTED not in {self.ws.application_state, self.ws.client_state}

"""The server side of the protocol: handles each message of a client."""

import asyncio
import copy
import time
from typing import cast

import structlog
from graphql import GraphQLError
from prometheus_client import Gauge
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema.schema import StreamResult
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)
from strawberry.types.execution import PreExecutionError

from auth.principal import ANONYMOUS, TOKEN_FAULT_MESSAGES, TokenFault
from models.errors import LimitReached
from schema.engine.context import Context
from schema.engine.errors import presentable
from schema.engine.websocket.connection import GRAPHQL, Connection
from schema.engine.websocket.limits import Allowance
from schema.engine.websocket.messages import fault_of
from schema.engine.wording import Wording
from watching import traces
from watching.metrics import counted
from watching.work import Work, begin

TRY_AGAIN_LATER = 1013
BAD_REQUEST = 4400
FORBIDDEN = 4403
TOO_MANY = 4429
LAST_WORDS_SECONDS = 5.0
"""How long operations may take to reply once the session has ended that they were begun in."""

SOCKETS = Gauge("graphql_websockets", "WebSockets that are open.", multiprocess_mode="livesum")

log = structlog.get_logger()


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """Strawberry's handler with our limits; it would run all operations of a connection in one context."""

    _allowance: Allowance
    _watch: asyncio.Task[None] | None = None
    """Closes the connection once the session has ended that it was opened with."""

    async def handle(self) -> None:
        """Serve the connection to its end."""
        limits = self._connection.limits
        self._allowance = Allowance(limits.messages)
        with SOCKETS.track_inprogress():
            try:
                await super().handle()
            finally:
                if self._watch is not None:
                    self._watch.cancel()

    async def handle_message(self, message: Message) -> None:
        """Act on a message; one too many and one against the protocol close the connection."""
        if not self._allowance.spend(asyncio.get_running_loop().time()):
            counted("websocket", "messages")
            await self.websocket.close(TOO_MANY, "Too many messages")
        elif fault := fault_of(cast("dict[str, object]", message)):
            await self.websocket.close(BAD_REQUEST, fault)
        else:
            await super().handle_message(message)

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Find out who is there; whose token is not accepted is not let in, who has none is anonymous."""
        principal = ANONYMOUS
        if not self.connection_init_received and not self.connection_timed_out:
            self._connection.connection_params = message.get("payload") or {}
            try:
                principal = await self._connection.principal()
            except Exception as error:
                await self.websocket.close(TRY_AGAIN_LATER, self._failed(error).message)
                return
            if principal.fault is not TokenFault.MISSING:
                await self._forbid(principal.fault)
                return
        await super().handle_connection_init({**message, "payload": message.get("payload") or {}})
        if principal.user_id is not None and self.connection_acknowledged:
            self._watch = asyncio.create_task(self._close_with_session(principal.user_id))

    async def _close_with_session(self, user_id: int) -> None:
        """Close the connection when its session has ended: once its operations have been told, and have replied."""
        try:
            fault = await self._connection.end_of_session(user_id)
            if running := [each.task for each in self.operations.values() if each.task is not None]:
                await asyncio.wait(running, timeout=LAST_WORDS_SECONDS)
            await self._forbid(fault)
        except Exception:  # such as an outage: each operation and event looks the session up itself
            log.exception("session_not_watched", path=GRAPHQL)

    async def _forbid(self, fault: TokenFault) -> None:
        await self.websocket.close(FORBIDDEN, self._wording.said(TOKEN_FAULT_MESSAGES[fault]))

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Start an operation, unless too many run."""
        limit = self._connection.limits.operations
        if self.connection_acknowledged and len(self.operations) >= limit and message["id"] not in self.operations:
            counted("websocket", "operations")
            reached = LimitReached("At most {maximum} concurrent operations are allowed per connection.", maximum=limit)
            error = presentable(GraphQLError(str(reached), original_error=reached), self._wording)
            await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
            return
        await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run an operation to its end, and note how it went."""
        work = Work()
        work.endpoint = GRAPHQL
        begin(work)
        if traces.are_recorded():
            work.spans = []
        began = time.perf_counter()
        try:
            await self._run(operation)
        finally:
            self._connection.note(work, began)

    async def _run(self, operation: Operation[Context, None]) -> None:
        try:
            context = await self._connection.operation_context()
        except Exception as error:  # or the client would wait for an answer that never comes
            await operation.send_initial_errors([self._failed(error)])
            return
        context.renewal_seconds = self._connection.limits.session_seconds
        own = copy.copy(self)
        own.context = context
        await super(Handler, own).run_operation(operation)

    async def handle_task_exception(self, error: Exception) -> None:
        """Note what went wrong in an operation's task; that nobody is there any more is nothing wrong."""
        if not isinstance(error, WebSocketDisconnected):
            log.error("operation_failed", path="/graphql", exc_info=error)

    async def _send_result_stream(self, operation: Operation[Context, None], result_source: StreamResult) -> None:
        await super()._send_result_stream(operation, result_source)
        if self.context.ended_by is not None:
            error = GraphQLError("The subscription has ended.", original_error=self.context.ended_by)
            await operation.send_initial_errors([presentable(error, self.context.wording)])

    async def _handle_pre_execution_error(self, operation: Operation[Context, None], result: PreExecutionError) -> None:
        # Strawberry would close the connection for some of them.
        await operation.send_initial_errors(result.errors or [])

    @property
    def _connection(self) -> Connection:
        return cast("Connection", self.context)

    @property
    def _wording(self) -> Wording:
        return Wording(self._connection.language)

    def _failed(self, error: Exception) -> GraphQLError:
        """What a client is told that was not recognized: an outage by its name, anything else is logged."""
        located = GraphQLError("The caller could not be authenticated.", original_error=error)
        return presentable(located, self._wording)

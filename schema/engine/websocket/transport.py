"""uvicorn's side of a WebSocket: a client that does not read is disconnected, and its buffers stay bounded."""

import asyncio
from asyncio.transports import BaseTransport
from collections.abc import Callable

import structlog
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from schema.engine.websocket.limits import SEND_SECONDS

DEFAULT_SEND_SECONDS = 30.0

log = structlog.get_logger()


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """A WebSocket that waits for its client before it sends on, and not for ever.

    uvicorn lets a send wait while the client does not read, but without an end; closing waits for it too.
    """

    when_lost: Callable[[], None] | None = None
    """Called when the connection is closed."""
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Wait as soon as the system takes no more."""
        super().connection_made(transport)
        self.transport.set_write_buffer_limits(high=0)

    def pause_writing(self) -> None:
        """The client does not keep up: its time runs."""
        super().pause_writing()
        seconds = self.app_state.get(SEND_SECONDS, DEFAULT_SEND_SECONDS)
        self._deadline = self.loop.call_later(seconds, self._cut_off)

    def resume_writing(self) -> None:
        """The client has taken everything."""
        super().resume_writing()
        self._forget_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._forget_deadline()
        if self.when_lost is not None:
            self.when_lost()
        super().connection_lost(exc)

    def handle_ping(self) -> None:
        """Answer a ping, unless the client leaves unread what was sent before."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()  # forgotten

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _cut_off(self) -> None:
        log.info("websocket_cut_off", client=self.client[0] if self.client else "")
        self.transport.abort()

"""uvicorn's side of an HTTP connection: clients that are slow on purpose are cut off, and cannot hold many.

A client that has begun a request owes the rest of it; so does one that has opened a connection and sent nothing.
Headers must be complete within SLOW_CLIENT_SECONDS. A body must keep coming: each `MIN_RATE` bytes buy one more second,
of which a client never has more than SLOW_CLIENT_SECONDS, so that a pause of that length ends the connection, and so
does a byte a second. The same rate is asked of who reads a reply. While it is the server's turn no time runs, and
between two requests uvicorn's own keep-alive limit holds.
"""

import asyncio
from typing import Any

import structlog
from prometheus_client import Counter
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from auth.networks import network_of
from schema.engine.http.clients import CONNECTIONS, Connections
from schema.engine.http.origins import ORIGINS, AllowedOrigins
from schema.engine.websocket.transport import BoundedWebSocket
from schema.engine.wording import Language, Message

MIN_RATE = 512
"""The bytes a second at which a body must arrive, and a reply be read."""
NEXT_SECONDS = 5.0
"""How long a connection waits for one more request while the server ends: as long as between two requests."""
_PHRASES = {
    400: b"Bad Request",
    408: b"Request Timeout",
    429: b"Too Many Requests",
    503: b"Service Unavailable",
}

CUT_OFF = Counter("connections_cut_off_total", "Connections that were closed on their clients.", ["reason"])

log = structlog.get_logger()


class BoundedHttp(HttpToolsProtocol):
    """An HTTP connection whose client must keep sending what it owes and reading what it gets."""

    _network: str | None = None
    _sending: asyncio.TimerHandle | None = None
    """Runs while the client owes a part of a request."""
    _reading: asyncio.TimerHandle | None = None
    """Runs while the client leaves unread what was sent."""
    _deadline = 0.0
    _unread = 0
    _is_partial = True
    """Whether a request is awaited or has begun, and is not complete."""
    _is_in_body = False
    _is_upgraded = False
    _ending: asyncio.TimerHandle | None = None
    """Runs while the server ends: the next reply is the connection's last."""
    _ends_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection, and let the client's time run."""
        super().connection_made(transport)
        self._limits: Connections = self.app_state.setdefault(CONNECTIONS, Connections())
        host = self.client[0] if self.client else ""
        if not _is_proxy(self.config.loaded_app, host):
            network = network_of(host)
            if not self._limits.admit(network):
                self._refuse(429, Message("Too many connections are open from your network."), "too_many")
                return
            self._network = network
        self._expect_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        self._stop_timers()
        self._release()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sent, and see what it owes now."""
        super().data_received(data)
        if self._is_upgraded:
            return  # the WebSocket counts its own time
        if self.transport.is_closing():
            self._finish()
        elif self._is_partial:
            self._progress(len(data))
        elif self.timeout_keep_alive_task is None and self._is_answered:
            # Line breaks ahead of a request stopped uvicorn's limit without beginning one.
            self._is_partial = True
            self._expect_more()
        elif self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection, and its place among the client's, to the WebSocket."""
        if self._ending is not None:
            self._refuse(503, Message("The server is ending."), "ending")
            return
        self._stop_timers()
        self._is_upgraded = True
        super().handle_websocket_upgrade()
        protocol = self.transport.get_protocol()
        if isinstance(protocol, BoundedWebSocket):
            protocol.when_lost = self._release

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_partial, self._is_in_body = True, False
        self._deadline = self.loop.time() + self._limits.slow_seconds

    def on_headers_complete(self) -> None:
        """The headers are there: the body has its own time."""
        cycle = self.cycle
        super().on_headers_complete()
        if self._ending is not None and self.cycle is not cycle:
            self.cycle.keep_alive = False
        self._is_in_body = True
        self._deadline = self.loop.time() + self._limits.slow_seconds

    def on_message_complete(self) -> None:
        """The request is complete: the client owes nothing."""
        super().on_message_complete()
        self._is_partial = self._is_in_body = False

    def on_response_complete(self) -> None:
        """The reply is written, and must be read too if it is the last one."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._finish()

    def timeout_keep_alive_handler(self) -> None:
        """No further request came."""
        super().timeout_keep_alive_handler()
        self._finish()

    def shutdown(self) -> None:
        """The server ends: what was asked is answered, and whoever asks once more is told that it was the last time.

        A connection that was closed just now may have a request on its way, which its client would call failed. Half a
        request is waited for too, but not long, however fast its bytes come.
        """
        if not self._is_answered and not self.cycle.response_started and not self.pipeline:
            self.cycle.keep_alive = False
        seconds = self._limits.ending_seconds
        self._ends_at = self.loop.time() + seconds
        self._ending = self.loop.call_later(min(seconds, NEXT_SECONDS), self._look_for_end)

    def _look_for_end(self) -> None:
        if not self._is_answered and (not self._is_partial or self.cycle.response_started):
            return  # it is the server's turn
        if self._is_partial and self.scope is not None and self.loop.time() < self._ends_at:
            self._ending = self.loop.call_at(self._ends_at, self._look_for_end)
        elif not self.transport.is_closing():
            self.transport.close()
            self._finish()

    def pause_writing(self) -> None:
        """The client does not keep up with the reply: its time runs."""
        super().pause_writing()
        self._finish()

    def resume_writing(self) -> None:
        """The client has caught up."""
        super().resume_writing()
        if self._reading is not None and not self.transport.is_closing():
            self._reading.cancel()
            self._reading = None

    @property
    def _is_answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _progress(self, received: int) -> None:
        if self._sending is None:
            self._expect_more()
        elif self._is_in_body and not self._is_answered:
            latest = self.loop.time() + self._limits.slow_seconds
            self._deadline = min(latest, self._deadline + received / MIN_RATE)

    def _expect_more(self) -> None:
        self._deadline = self.loop.time() + self._limits.slow_seconds
        self._sending = self.loop.call_at(self._deadline, self._look_for_more)

    def _look_for_more(self) -> None:
        self._sending = None
        # What is not read, or not yet wanted, is not the client's fault.
        is_our_turn = self.flow.read_paused or (not self._is_in_body and not self._is_answered)
        if is_our_turn:
            self._expect_more()
        elif self.loop.time() < self._deadline:
            self._sending = self.loop.call_at(self._deadline, self._look_for_more)
        elif self.scope is None or (self._is_in_body and self.cycle.response_started):
            self._note("slow_sender")  # browsers open connections ahead, and would take a reply for the first one's
            self.transport.close()
            self._finish()
        else:
            self._refuse(408, Message("The request did not arrive in time."), "slow_sender")

    def _finish(self) -> None:
        """Let the client's time to read run."""
        if self._reading is None:
            self._unread = self.transport.get_write_buffer_size()
            self._reading = self.loop.call_later(self._limits.slow_seconds, self._look_for_reading)

    def _look_for_reading(self) -> None:
        self._reading = None
        left = self.transport.get_write_buffer_size()
        if self._unread - left < MIN_RATE * self._limits.slow_seconds:
            self._note("slow_reader")
            self.transport.abort()
        else:
            self._finish()

    def _refuse(self, status: int, reason: Message, why: str) -> None:
        """Say why, as far as the client listens, and close: in each language, since nobody knows yet who asks what."""
        self._note(why)
        self._reply(status, "\n".join(reason.said(language) for language in (Language.CHINESE, Language.ENGLISH)))
        self._finish()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, and close."""
        self._reply(400, msg)

    def _reply(self, status: int, reason: str) -> None:
        body = f"{reason}\n".encode()
        allowed: AllowedOrigins = self.app_state.get(ORIGINS, AllowedOrigins())
        self.transport.write(
            b"HTTP/1.1 %d %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n%b"
            b"connection: close\r\n\r\n%b" % (status, _PHRASES[status], len(body), allowed.headers(self._origin), body)
        )
        self.transport.close()

    @property
    def _origin(self) -> bytes | None:
        """The origin of the page that sends the request, as far as it has come in."""
        return dict(self.headers or ()).get(b"origin")

    def _note(self, why: str) -> None:
        CUT_OFF.labels(why).inc()
        log.info("connection_cut_off", reason=why, client=self.client[0] if self.client else "")

    def _release(self) -> None:
        if self._network is not None:
            self._limits.release(self._network)
            self._network = None

    def _stop_timers(self) -> None:
        for timer in (self._sending, self._reading, self._ending):
            if timer is not None:
                timer.cancel()
        self._sending = self._reading = None


def _is_proxy(application: Any, host: str) -> bool:
    """Whether uvicorn trusts this address to say who its clients are (FORWARDED_ALLOW_IPS).

    `application` is what uvicorn calls, with its own middleware outermost.
    """
    return isinstance(application, ProxyHeadersMiddleware) and host in application.trusted_hosts

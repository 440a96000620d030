"""One process that serves, by uvicorn: how it says that it is ready, lives, and ends."""

import asyncio
import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable

import structlog
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from models.settings import Settings
from watching.logs import say_cannot_start

IN_TIME = 0.8
"""The part of SHUTDOWN_SECONDS that requests have; the rest is for what runs beside them."""
TICKS_A_SECOND = 10
"""uvicorn's."""

log = structlog.get_logger("serving")


def notify(state: str) -> None:
    """Tell the service manager (systemd's `Type=notify`), if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages:
            messages.sendto(state.encode(), address.replace("@", "\0", 1) if address.startswith("@") else address)


def metrics_sockets(settings: Settings) -> list[socket.socket]:
    """The socket of METRICS_PORT, if there is one, for whichever worker is free: each can tell of all."""
    if settings.metrics_port is None:
        return []
    family = socket.AF_INET6 if ":" in settings.metrics_host else socket.AF_INET
    try:
        return [socket.create_server((settings.metrics_host, settings.metrics_port), family=family)]
    except OSError as error:
        say_cannot_start(f"METRICS_HOST and METRICS_PORT cannot be used: {error}", is_json=settings.is_production)
        sys.exit(STARTUP_FAILURE)


def kept_metrics_sockets(left: int | None, settings: Settings) -> list[socket.socket]:
    """The same after a reload that left this descriptor: it is kept if it is for the same port, and closed otherwise.

    The application takes what comes in at another port than METRICS_PORT for a client's request.
    """
    if left is not None:
        found = socket.socket(fileno=left)
        if found.getsockname()[1] == settings.metrics_port:
            return [found]
        found.close()
    try:
        return metrics_sockets(settings)
    except SystemExit:  # it said why; a server that serves does not end because nobody can watch it
        return []


class GracefulServer(uvicorn.Server):
    """Ends within so many seconds; what it was asked until then is answered."""

    def __init__(
        self,
        config: uvicorn.Config,
        seconds: float,
        *,
        signs: int | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(config)
        self._seconds = seconds
        self._signs = signs
        self._tell = tell or (lambda _state: None)
        config.timeout_graceful_shutdown = seconds * IN_TIME  # type: ignore[assignment]  # it takes fractions too

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            self._tell("READY=1")

    async def on_tick(self, counter: int) -> bool:
        """Give a sign of life once a second."""
        if self._signs is not None and counter % TICKS_A_SECOND == 0:
            with contextlib.suppress(OSError):  # nobody reads them any more, or has not yet
                os.write(self._signs, b".")
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take the connections that wait to be taken, let requests end, and end in any case."""
        self._tell("STOPPING=1")
        last_resort = threading.Timer(self._seconds, _end_at_once)
        last_resort.daemon = True
        last_resort.start()
        waiting = self._waiting()
        for server in self.servers:
            server.close()  # from here on others are refused
        for sock in sockets or []:
            sock.close()
        loop = asyncio.get_running_loop()
        for connection in waiting:
            with contextlib.suppress(OSError):  # it went away meanwhile
                await loop.connect_accepted_socket(self._protocol, connection)
        await super().shutdown(sockets)

    def _waiting(self) -> list[socket.socket]:
        """The connections that the system has accepted: it would break them off when nobody listens any more."""
        waiting = []
        for listener in [listener for server in self.servers for listener in server.sockets]:
            with socket.socket(fileno=os.dup(listener.fileno())) as queue, contextlib.suppress(OSError):
                queue.setblocking(False)
                while True:
                    waiting.append(queue.accept()[0])
        return waiting

    def _protocol(self) -> asyncio.Protocol:
        return self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )


def _end_at_once() -> None:
    log.error("shutdown_cut_short", reason="what was still running did not end within SHUTDOWN_SECONDS")
    os._exit(1)

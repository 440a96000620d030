"""One process that serves, by uvicorn: how it says that it is ready, lives, and ends."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable

import structlog
import uvicorn

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

"""uvicorn, and its worker processes: copies of one that is ready.

uvicorn would start each worker as a new interpreter, which imports and builds everything again: two workers took twice
as long as one until the first reply. Forked from a process that is ready and has no threads, a worker serves at once,
and so does the one that replaces it when it dies.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
from multiprocessing import Pipe
from socket import AF_INET, AF_INET6, create_server, socket
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn._subprocess import subprocess_started
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import multiprocess

from models.settings import Settings
from schema.engine.http.transport import BoundedHttp
from schema.engine.websocket.transport import BoundedWebSocket
from watching.logs import say_cannot_start
from watching.sharing import worker_ended

SHUTDOWN_SECONDS = 30
"""How long requests that have begun may take to end after the signal to stop."""

_fork = multiprocessing.get_context("fork")


class Worker(multiprocess.Process):
    """A worker that is forked."""

    process: Any

    def __init__(self, config: uvicorn.Config, sockets: list[socket]) -> None:
        self.config = config
        self._server = None
        self.parent_conn, self.child_conn = Pipe()
        stdin = None if sys.stdin is None or sys.stdin.closed else sys.stdin.fileno()
        kwargs = {"config": config, "target": self.target, "sockets": sockets, "stdin_fileno": stdin}
        self.process = _fork.Process(target=subprocess_started, kwargs=kwargs)

    def start(self) -> None:
        """Start it; only the worker keeps its end of the pipe.

        So a worker that dies while it is asked whether it lives is missed at once, not after the time limit.
        """
        super().start()
        self.child_conn.close()

    def target(self, sockets: list[socket] | None = None) -> None:
        """Serve, in the worker."""
        self.parent_conn.close()
        super().target(sockets)

    def join(self) -> None:
        """Wait until it has ended, and keep what it counted."""
        super().join()
        if self.process.exitcode is not None:
            worker_ended(self.process.pid)

    def always_pong(self) -> None:
        """Answer the supervisor; end when it is gone, so that no worker keeps the port of a server that was killed."""
        with contextlib.suppress(EOFError, OSError):
            super().always_pong()
        os.kill(os.getpid(), signal.SIGTERM)


def serve(app: ASGIApp, settings: Settings) -> int:
    """Serve until a signal ends it, with as many processes as the configuration says; the exit code."""
    if settings.workers > 1:
        # Otherwise the first worker to wake takes all connections that wait, and the others have little to do.
        os.environ.setdefault("UV_TCP_SINGLE_ACCEPT", "1")
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        access_log=False,
        log_config=None,  # what `watching.logs` configured is for uvicorn too
        log_level=settings.log_level.lower(),
        server_header=False,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        http=BoundedHttp,
        ws=BoundedWebSocket,
        ws_max_size=settings.websocket_message_bytes,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        # A worker that is still importing on a busy machine is not a dead one.
        timeout_worker_healthcheck=60,
    )
    metrics = _metrics_socket(settings)
    if settings.workers > 1:
        _serve_with_workers(config, metrics)
        return 0
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run([config.bind_socket(), *metrics] if metrics else None)
    return 0 if server.started else STARTUP_FAILURE


def _metrics_socket(settings: Settings) -> list[socket]:
    """The socket of METRICS_PORT, if there is one, for whichever worker is free: each can tell of all."""
    if settings.metrics_port is None:
        return []
    family = AF_INET6 if ":" in settings.metrics_host else AF_INET
    try:
        return [create_server((settings.metrics_host, settings.metrics_port), family=family)]
    except OSError as error:
        say_cannot_start(f"METRICS_HOST and METRICS_PORT cannot be used: {error}", is_json=settings.is_production)
        sys.exit(STARTUP_FAILURE)


def _serve_with_workers(config: uvicorn.Config, more: list[socket]) -> None:
    multiprocess.Process = Worker  # type: ignore[misc]  # the supervisor looks its workers' class up there
    listener = config.bind_socket()
    multiprocess.Multiprocess(config, sockets=[listener, *more]).run()

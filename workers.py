"""Worker processes: forked from an initialised process.

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
from socket import socket
from typing import Any

import uvicorn
from uvicorn._subprocess import subprocess_started
from uvicorn.supervisors import multiprocess

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

    def always_pong(self) -> None:
        """Answer the supervisor; end when it is gone, so that no worker keeps the port of a server that was killed."""
        with contextlib.suppress(EOFError, OSError):
            super().always_pong()
        os.kill(os.getpid(), signal.SIGTERM)


def serve(config: uvicorn.Config) -> None:
    """Serve with as many workers as the configuration says, until a signal ends it."""
    multiprocess.Process = Worker  # type: ignore[misc]  # the supervisor looks its workers' class up there
    listener = config.bind_socket()
    multiprocess.Multiprocess(config, sockets=[listener]).run()

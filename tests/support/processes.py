"""Real server processes."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Protocol

from tests.support.postgresql import free_port

ROOT = Path(__file__).parents[2]
_STARTING = Lock()


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    data_dir: Path
    pid: int
    administrator: tuple[str, str] = ("8888888888", "admin")


def environment(data_dir: Path, port: int, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a server: nothing of the one that runs the tests but the path."""
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(data_dir),
        "PORT": str(port),
        "PASSWORD_COST": "4",
        "DEMO_DATA": "0",
        "SHUTDOWN_SECONDS": "4",
        **extra,
    }


class Started(Protocol):
    """A process that was started."""

    pid: int

    def exit_code(self, timeout: float) -> int | None:
        """The exit code once it has ended, and None if it runs for longer."""

    def end(self) -> None:
        """Ask it to end, and wait until it has."""


class Program:
    """The server as an operator starts it, in an interpreter of its own."""

    def __init__(
        self, environment: Mapping[str, str], log: BinaryIO, *, root: Path = ROOT, cwd: Path | None = None
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, root / "server.py"],
            cwd=cwd or root,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        self.pid = self._process.pid

    def exit_code(self, timeout: float) -> int | None:
        """The exit code once it has ended, and None if it runs for longer."""
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout)
        return None

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        self._process.terminate()
        self._process.wait(30)


class Copy:
    """The same in a process that is a copy of the template."""

    def __init__(self, environment: Mapping[str, str], log: BinaryIO) -> None:
        self._told, theirs = socket.socketpair()
        with theirs:
            message = json.dumps(environment).encode()
            with _STARTING:
                template = _template()
            socket.send_fds(template, [message], [theirs.fileno(), log.fileno()])
        self._told.settimeout(180)
        self.pid = self._number()

    def exit_code(self, timeout: float) -> int | None:
        """The exit code once it has ended, and None if it runs for longer."""
        self._told.settimeout(timeout)
        try:
            return self._number()
        except (TimeoutError, BlockingIOError):
            return None

    def end(self) -> None:
        """Ask it to end, and wait until it has."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)
        ended = self.exit_code(30)
        self._told.close()
        if ended is None:
            raise RuntimeError(f"The server {self.pid} does not end.")

    def _number(self) -> int:
        line = b""
        while not line.endswith(b"\n"):
            line += self._told.recv(1) or b"0\n"
        return int(line)


@cache
def _template() -> socket.socket:
    """The socket of the template of this process, which is there from the first server on."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.template", str(theirs.fileno())],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]},
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )

    @atexit.register
    def end() -> None:
        ours.close()
        process.wait()

    return ours


Starter = Callable[[Mapping[str, str], BinaryIO], Started]
"""Starts a server with an environment and a log."""


@contextmanager
def running_server(
    data_dir: Path, start: Starter | None = None, /, *, log_name: str = "server.log", **extra: str
) -> Iterator[Server]:
    """A server process with these settings, ready; it ends with the block."""
    port = int(extra.get("PORT") or free_port())
    log = data_dir / log_name
    data_dir.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = (start or _starter(extra))(environment(data_dir, port, extra), output)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url, log)
        yield Server(url, data_dir, process.pid)
    finally:
        process.end()


def _starter(extra: Mapping[str, str]) -> Starter:
    """A copy, but for several workers: what they share is decided before the product is imported."""
    return Copy if int(extra.get("WORKERS") or 1) == 1 else Program


def _wait_until_ready(process: Started, url: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if (code := process.exit_code(0)) is not None:
            raise RuntimeError(f"The server ended with {code}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"The server did not become ready:\n{log.read_text()}")

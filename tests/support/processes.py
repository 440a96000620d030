"""Real server processes."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.postgresql import free_port

ROOT = Path(__file__).parents[2]


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


@contextmanager
def running_server(data_dir: Path, *, log_name: str = "server.log", **extra: str) -> Iterator[Server]:
    """A server process with these settings, ready; it ends with the block."""
    with running_elsewhere(data_dir, extra, log_name=log_name) as server:
        yield server


@contextmanager
def running_elsewhere(
    data_dir: Path,
    extra: Mapping[str, str],
    *,
    root: Path = ROOT,
    cwd: Path | None = None,
    log_name: str = "server.log",
) -> Iterator[Server]:
    """The same of another checkout, or in another folder."""
    port = int(extra.get("PORT") or free_port())
    log = data_dir / log_name
    data_dir.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, root / "server.py"],
            cwd=cwd or root,
            env=environment(data_dir, port, extra),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(process, url, log)
            yield Server(url, data_dir, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with {process.returncode}:\n{log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise RuntimeError(f"The server did not become ready:\n{log.read_text()}")

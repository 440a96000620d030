"""A throwaway Redis server."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.support.postgresql import free_port


@contextmanager
def running_redis(folder: Path, port: int | None = None) -> Iterator[str]:
    """The URL of a server that ends with the block, at any free port if none is given."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("Redis is not installed")
    port = port or free_port()
    options = {"--port": str(port), "--bind": "127.0.0.1", "--save": "", "--appendonly": "no", "--dir": str(folder)}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([program, *(word for pair in options.items() for word in pair)], stdout=log)
    try:
        _wait_until_ready(server, port, folder / "log")
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_until_ready(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    with Redis(port=port) as client:
        while time.monotonic() < deadline and server.poll() is None:
            try:
                client.ping()
            except RedisConnectionError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError(f"Redis did not start:\n{log.read_text()}")

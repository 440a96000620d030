"""A throwaway PgBouncer before a cluster."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgresql import Cluster, free_port

MODES = ("session", "transaction", "statement")
POOL_SIZE = 3
"""Its connections to a database: fewer than the product has to it, so that transactions change places."""


@contextmanager
def running_pgbouncer(cluster: Cluster, database: str) -> Iterator[Callable[[str], str]]:
    """The URL of the database for each mode of pooling: session, transaction or statement."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise RuntimeError("PgBouncer is not installed: apt-get install pgbouncer")
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="careergraph-pgbouncer-"))
    folder.chmod(0o755)
    target = f"host=127.0.0.1 port={cluster.port} user=postgres dbname={database}"
    databases = "\n".join(f"{mode} = {target} pool_mode={mode}" for mode in MODES)
    (folder / "pgbouncer.ini").write_text(
        f"""
        [databases]
        {databases}
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = {port}
        unix_socket_dir =
        auth_type = any
        default_pool_size = {POOL_SIZE}
        """,
        encoding="utf-8",
    )
    # It refuses to run as root.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    with (folder / "log").open("wb") as log:
        pooler = subprocess.Popen([program, "-q", *user, folder / "pgbouncer.ini"], stderr=log)
    try:
        _wait_until_ready(pooler, port, folder / "log")
        yield lambda mode: f"postgresql://postgres@127.0.0.1:{port}/{mode}"
    finally:
        pooler.kill()
        pooler.wait(timeout=30)
        shutil.rmtree(folder)


def _wait_until_ready(pooler: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and pooler.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError(f"PgBouncer did not start:\n{log.read_text()}")

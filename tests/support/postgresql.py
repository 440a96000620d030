"""A throwaway PostgreSQL cluster."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cluster:
    """A running cluster; its superuser is `postgres`, without a password, on the loopback address."""

    port: int
    restart: Callable[[], None] = lambda: None
    """Stop it, which breaks every connection, and start it again."""
    data: Path = Path()
    """The folder of its files."""

    @property
    def pid(self) -> int:
        """The process that the others are children of."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def url(self, database: str) -> str:
        """The DATABASE_URL of one of its databases."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"


def binaries() -> Path | None:
    """The folder of PostgreSQL's server programs, or None where it is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    return installed[-1].parent if installed else None


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster that ends with the block. PostgreSQL refuses to run as root, so root runs it as `postgres`."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed")
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="careergraph-postgresql-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    configured = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        # Nothing here outlives the run.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": "4GB",
        "checkpoint_timeout": "1h",
        "max_connections": 200,
    }
    options = " ".join([f"-p {port}", *(f"-c {name}={value}" for name, value in configured.items())])

    def run(program: str, *arguments: str) -> None:
        subprocess.run([programs / program, *arguments], user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)

    run("initdb", "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8", "-D", str(data))
    started = ("-D", str(data), "-o", options, "-l", str(folder / "log"), "-w")
    run("pg_ctl", *started, "start")
    try:
        yield Cluster(port, lambda: run("pg_ctl", *started, "-m", "fast", "restart"), data)
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

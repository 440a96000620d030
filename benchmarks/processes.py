"""The servers that are compared, as processes of their own."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

ROOT = Path(__file__).parents[1]
PATIENCE_S = 120
IDLE_S = 0.5
"""How long a server has to do next to nothing until it counts as started."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that was started."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path

    def wait_until_ready(self) -> None:
        """Return once it answers, or raise RuntimeError."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        said = self.log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{self.process.args!r} did not become ready:\n{said}")

    def wait_until_idle(self) -> None:
        """Return once it has no more to start: the first of several workers answers before the others are there."""
        deadline, before = time.monotonic() + PATIENCE_S, self.cpu_seconds
        while before is not None and time.monotonic() < deadline:
            time.sleep(IDLE_S)
            now = self.cpu_seconds
            if now is None or now - before < IDLE_S / 10:
                return
            before = now

    @property
    def resident_mb(self) -> float | None:
        """The memory that the largest of its processes holds, in MiB; None where the system does not tell as Linux
        does.
        """
        pages = [int(read.split()[1]) for pid in _family(self.process.pid) if (read := _read(f"/proc/{pid}/statm"))]
        return max(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20 if pages else None

    @property
    def proportional_mb(self) -> float | None:
        """The memory that it and its workers hold together, in MiB: what several share counts once."""
        sizes = [
            int(line.split()[1])
            for pid in _family(self.process.pid)
            for line in _read(f"/proc/{pid}/smaps_rollup").splitlines()
            if line.startswith("Pss:")
        ]
        return sum(sizes) / 1024 if sizes else None

    @property
    def cpu_seconds(self) -> float | None:
        """The processor time that it and its workers have spent; None where the system does not tell as Linux does."""
        return cpu_seconds_of(self.process.pid)


def cpu_seconds_of(pid: int) -> float | None:
    """The processor time that a process and its children have spent, those included that have ended."""
    # utime, stime and those of ended children; what comes before them is a name in brackets, which may hold anything.
    times = [_read(f"/proc/{each}/stat").rpartition(")")[2].split()[11:15] for each in _family(pid)]
    return sum(int(ticks) for of_one in times for ticks in of_one) / os.sysconf("SC_CLK_TCK") if times else None


def _family(pid: int) -> list[int]:
    found = [pid] if Path(f"/proc/{pid}/statm").exists() else []
    for each in found:
        found += map(int, _read(f"/proc/{each}/task/{each}/children").split())
    return found


@contextmanager
def started(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[Server]:
    """A server on a free port, which ends with the block. It may not be ready yet."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    everything = {"PATH": os.environ["PATH"], **environment, "HOST": "127.0.0.1", "PORT": str(port)}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=everything, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield Server(process, f"http://127.0.0.1:{port}", log)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _read(path: str) -> str:
    """What a file holds; nothing if its process has ended."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""

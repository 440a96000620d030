"""The machine of docs/operations.md: real processes, with folders, ports and addresses of its own."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.postgresql import Cluster, free_port
from tests.support.processes import ROOT

PAGE = ROOT / "docs" / "operations.md"
BLOCK = re.compile(r"```sh run\n(.*?)```", re.DOTALL)
SECTION = re.compile(r"^##+ (?:\d+\. )?(.+?)\n(.*?)(?=^##|\Z)", re.DOTALL | re.MULTILINE)
FOLDERS = (
    "/opt/careergraph",
    "/etc/careergraph",
    "/etc/pgbouncer",
    "/etc/systemd/system",
    "/usr/local/bin",
    "/var/lib/careergraph",
)
PROGRAM = (
    "auth",
    "cli",
    "models",
    "resolvers",
    "rest_compat",
    "schema",
    "watching",
    "locale",
    "explorer",
    "server.py",
    "serving.py",
    "workers.py",
    ".venv",
)
SERVERS = ("careergraph@8070", "careergraph@8071")


def blocks() -> dict[str, str]:
    """The blocks that are run, marked ```sh run```, by the headings that they stand under."""
    sections = SECTION.findall(PAGE.read_text(encoding="utf-8"))
    return {heading: script for heading, body in sections if (script := "".join(BLOCK.findall(body)))}


class Machine:
    """Its root folder, and what the document's paths, ports and addresses are here."""

    def __init__(self, root: Path, cluster: Cluster, redis_url: str) -> None:
        self.root = root
        self.ports = (free_port(), free_port())
        self._here = {folder: f"{root}{folder}" for folder in FOLDERS} | {
            "8070": str(self.ports[0]),
            "8071": str(self.ports[1]),
            "5432": str(cluster.port),
            "6432": str(free_port()),
            "redis://127.0.0.1:6379/0": redis_url,
        }
        self._environment = {
            "PATH": f"{root}/usr/local/bin:{os.environ['PATH']}",
            "ROOT": str(root),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(cluster.port),
            "PGUSER": "postgres",
            "LC_ALL": "C.UTF-8",
        }
        self._install()

    def here(self, text: str) -> str:
        """A text of the document, or of a file of the deployment, for this machine."""
        return re.sub("|".join(map(re.escape, self._here)), lambda there: self._here[there[0]], text)

    def _install(self) -> None:
        program = self.root / "opt/careergraph"
        program.mkdir(parents=True)
        for name in PROGRAM:
            (program / name).symlink_to(ROOT / name)
        shutil.copytree(ROOT / "deploy", program / "deploy")
        for file in (path for path in (program / "deploy").rglob("*") if path.is_file()):
            file.write_text(self.here(file.read_text(encoding="utf-8")), encoding="utf-8")
        programs = self.root / "usr/local/bin"
        for folder in (programs, self.root / "var/lib/careergraph/operator", self.root / "etc/pgbouncer"):
            folder.mkdir(parents=True)
        # What is root's to do: other users, and processes of the system.
        self._stand_in(programs / "sudo", 'shift 2; exec "$@"')
        self._stand_in(programs / "runuser", 'shift 3; exec "$@"')
        self._stand_in(programs / "systemctl", f'exec "{sys.executable}" "{ROOT}/tests/support/systemctl.py" "$@"')
        pooler = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
        user = "-u nobody " if os.geteuid() == 0 else ""
        (self.root / "etc/systemd/system").mkdir(parents=True)
        self.file("/etc/systemd/system/pgbouncer.service").write_text(
            f"ExecStart={pooler} -q {user}{self.root}/etc/pgbouncer/pgbouncer.ini\n", encoding="utf-8"
        )

    def _stand_in(self, path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, script: str) -> "subprocess.CompletedProcess[str]":
        """Run a script as its operator would paste it."""
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.here(script)],
            cwd=self.root / "var/lib/careergraph/operator",
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            umask=0o022,  # Debian's
            check=False,
        )

    def file(self, path: str) -> Path:
        """A file of the machine."""
        return self.root / path.lstrip("/")

    def process(self, unit: str) -> int:
        """The first process of a unit."""
        return int(self.file(f"/run/{self.here(unit)}.pid").read_text(encoding="ascii"))

    def environment(self, unit: str) -> bytes:
        """The environment of a unit's first process."""
        return Path(f"/proc/{self.process(unit)}/environ").read_bytes()

    def workers(self, unit: str) -> set[int]:
        """The worker processes of a server, without the one that checks whether a new version could start."""
        first = self.process(unit)
        children = Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split()
        return {int(pid) for pid in children if b"--check" not in Path(f"/proc/{pid}/cmdline").read_bytes()}

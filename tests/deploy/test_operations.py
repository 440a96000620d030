"""The steps of docs/operations.md, run as they stand there: real processes, with folders and ports of their own.

A block that is run is marked in the document: ```sh run```.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.postgresql import Cluster, free_port
from tests.support.processes import ROOT

PAGE = ROOT / "docs" / "operations.md"
BLOCK = re.compile(r"```sh run\n(.*?)```", re.DOTALL)
FOLDERS = ("/opt/careergraph", "/etc/careergraph", "/etc/systemd/system", "/usr/local/bin", "/var/lib/careergraph")
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
FORGET = "DROP DATABASE IF EXISTS careergraph; DROP DATABASE IF EXISTS restored; DROP ROLE IF EXISTS careergraph"


def steps() -> str:
    """The marked blocks, as one script."""
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) >= 11
    return "".join(found)


class Machine:
    """A machine of the document: its root folder, and what its paths, ports and addresses are here."""

    def __init__(self, root: Path, cluster: Cluster, redis_url: str) -> None:
        self.root = root
        self.ports = (free_port(), free_port())
        self._here = {folder: f"{root}{folder}" for folder in FOLDERS} | {
            "8070": str(self.ports[0]),
            "8071": str(self.ports[1]),
            "127.0.0.1:5432": f"127.0.0.1:{cluster.port}",
            "redis://127.0.0.1:6379/0": redis_url,
        }
        self.environment = {
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
        for there, here in self._here.items():
            text = text.replace(there, here)
        return text

    def _install(self) -> None:
        program = self.root / "opt/careergraph"
        program.mkdir(parents=True)
        for name in PROGRAM:
            (program / name).symlink_to(ROOT / name)
        shutil.copytree(ROOT / "deploy", program / "deploy")
        for file in (path for path in (program / "deploy").rglob("*") if path.is_file()):
            file.write_text(self.here(file.read_text(encoding="utf-8")), encoding="utf-8")
        programs = self.root / "usr/local/bin"
        programs.mkdir(parents=True)
        (self.root / "var/lib/careergraph/work").mkdir(parents=True)
        # What is root's to do: other users, and processes of the system.
        self._stand_in(programs / "sudo", 'shift 2; exec "$@"')
        self._stand_in(programs / "runuser", 'shift 3; exec "$@"')
        self._stand_in(programs / "systemctl", f'exec "{sys.executable}" "{ROOT}/tests/support/systemctl.py" "$@"')

    def _stand_in(self, path: Path, line: str) -> None:
        path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        path.chmod(0o755)

    def run(self, script: str) -> "subprocess.CompletedProcess[str]":
        """Run a script as its operator would paste it."""
        command = ["bash", "-euo", "pipefail", "-c", self.here(script)]
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    def file(self, path: str) -> Path:
        """A file of the machine."""
        return self.root / path.lstrip("/")


@pytest.fixture
def machine(tmp_path: Path, cluster: Cluster, redis_url: str) -> Iterator[Machine]:
    machine = Machine(tmp_path, cluster, redis_url)
    yield machine
    machine.run("systemctl stop careergraph@8070 careergraph@8071")
    machine.run("".join(f"psql -c '{statement}';" for statement in FORGET.split("; ")))


@pytest.mark.redis
def test_the_steps_lead_from_nothing_to_four_workers(machine: Machine) -> None:
    done = machine.run(steps())

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Nothing has to be changed." in done.stdout
    assert "Imported 2 users, rejected 0 rows." in done.stdout
    assert done.stdout.count('{"status":"ready"}') == 6
    listed = json.loads(done.stdout[done.stdout.index("[\n") : done.stdout.index("\n]\n") + 2])
    assert [(user["name"], user["credentials"]) for user in listed] == [("王小明", {"student_account": "2021000001"})]
    password = machine.file("/var/lib/careergraph/work/first-password").read_text(encoding="ascii").strip()
    for port in machine.ports:
        login = {"account": "9000000001", "password": password}
        reply = httpx2.post(f"http://127.0.0.1:{port}/api/v1/user/login", json=login, timeout=30)
        assert reply.json()["code"] == 0, reply.text
    for port in machine.ports:
        process = machine.file(f"/run/careergraph@{port}.pid").read_text(encoding="ascii")
        key = machine.file("/etc/careergraph/secrets/secret_key").read_bytes().strip()
        assert key not in Path(f"/proc/{process}/environ").read_bytes()
        workers = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
        assert len(workers) == 2
    for path in ("/etc/careergraph/secrets/secret_key", "/etc/careergraph/secrets/database_url"):
        assert stat.S_IMODE(machine.file(path).stat().st_mode) == 0o640

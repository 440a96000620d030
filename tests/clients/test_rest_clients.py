"""Clients of the old REST APIs that generators make of `/openapi.json`, against a server process."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.npm import CLIENTS, require_clients, run_client
from tests.support.over_http import client_of
from tests.support.processes import Server

REST = CLIENTS / "rest"
TOLD = {
    "recorder": {"rows": 2, "account": "string"},
    "platform": {"status": 500, "code": 500},
    "signCloud": {"companies": "string"},
    "feeds": {"feeds": True, "title": "string"},
}
BESIDES = {"fetched": {"attendance": {"token": "string"}}, "services": {}}
"""One of the programs registers, too."""


@pytest.fixture(scope="module")
def project(demonstrated_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs with what the generators make of the server's document, in a folder of their own."""
    require_clients()
    folder = tmp_path_factory.mktemp("generated") / "rest"
    folder.mkdir()
    (folder.parent / "node_modules").symlink_to(CLIENTS / "node_modules")
    (folder / "node_modules").symlink_to(REST / "node_modules")
    for source in (*REST.glob("*.ts"), REST / "tsconfig.json", REST / "package.json"):
        shutil.copy(source, folder)
    with client_of(demonstrated_server) as http:
        (folder / "openapi.json").write_bytes(http.get("/openapi.json").content)
    for command in (
        ("node_modules/.bin/openapi-typescript", "openapi.json", "-o", "fetched.gen.ts"),
        ("../node_modules/.bin/openapi", "-i", "openapi.json", "-o", "services.gen", "--useUnionTypes", "-c", "fetch"),
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return folder


def test_generated_clients_compile_strictly_sign_in_and_list(project: Path, demonstrated_server: Server) -> None:
    tsc = subprocess.run(["../node_modules/.bin/tsc"], cwd=project, capture_output=True, text=True, check=False)
    assert tsc.stdout + tsc.stderr == ""

    for program, besides in BESIDES.items():
        told = run_client(str(project / f"{program}.js"), demonstrated_server.url, *demonstrated_server.administrator)
        assert told == {**TOLD, **besides}, program

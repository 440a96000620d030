"""Programs in JavaScript, run by node in `tests/clients`."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

CLIENTS = Path(__file__).parents[1] / "clients"


def require_clients() -> None:
    """Leave the test out where npm is missing; in CI nothing may be missing."""
    if not (CLIENTS / "node_modules").is_dir():
        reason = "The clients from npm are not installed: apt-get install npm, then make setup"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def run_client(program: str, *arguments: str, **environment: str) -> Any:
    """What a program of `tests/clients` prints, which is JSON."""
    finished = subprocess.run(
        ["node", program, *arguments],
        cwd=CLIENTS,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)

"""The command line: most tests call it in this process, and a few run the real command."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner

from cli.app import app
from models.settings import Settings
from tests.support.keys import PRODUCTION_KEY
from tests.support.processes import ROOT

PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": PRODUCTION_KEY, "DEMO_DATA": ""}
FIXED = {"PASSWORD_COST": "4", "DEMO_DATA": "0"}

Done = subprocess.CompletedProcess[str]


class Cli(Protocol):
    def __call__(self, *arguments: str | Path, stdin: str = "", **environment: str) -> Done:
        """Run a command to its end."""


def in_process(configuration: dict[str, str]) -> Cli:
    """Commands called in this process, with an environment, standard streams and an event loop of their own."""

    def run(*arguments: str | Path, stdin: str = "", **more: str) -> Done:
        given = list(map(str, arguments))
        of_the_tests: dict[str, str | None] = dict.fromkeys(os.environ)
        environment = of_the_tests | {"PATH": os.environ["PATH"]} | FIXED | configuration | more
        # A command begins an event loop, which a thread has only one of; a test may be running in this thread's.
        with ThreadPoolExecutor(1) as thread:
            called = thread.submit(
                CliRunner().invoke, app, given, stdin, environment, catch_exceptions=False, prog_name="python -m cli"
            ).result()
        return subprocess.CompletedProcess(given, called.exit_code, called.stdout, called.stderr)

    return run


def as_process(configuration: dict[str, str]) -> Cli:
    """Commands as an operator runs them."""

    def run(*arguments: str | Path, stdin: str = "", **more: str) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "cli", *map(str, arguments)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]} | FIXED | configuration | more,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


@pytest.fixture
def configuration(settings: Settings) -> dict[str, str]:
    """The environment variables of the `settings` fixture: both databases."""
    return {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}


@pytest.fixture
def cli(configuration: dict[str, str]) -> Cli:
    """Commands on both databases."""
    return in_process(configuration)


@pytest.fixture
def cli_process(configuration: dict[str, str]) -> Cli:
    """The real command on both databases."""
    return as_process(configuration)


@pytest.fixture
def cli_on_sqlite(tmp_path: Path) -> Cli:
    """Commands in an empty data directory, where the database makes no difference."""
    return in_process({"DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
def cli_process_on_sqlite(tmp_path: Path) -> Cli:
    """The real command in an empty data directory."""
    return as_process({"DATA_DIR": str(tmp_path / "data")})

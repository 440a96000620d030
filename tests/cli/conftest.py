"""The real command, as an operator runs it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from models.settings import Settings
from tests.support.keys import PRODUCTION_KEY
from tests.support.processes import ROOT

PRODUCTION = {"ENVIRONMENT": "production", "SECRET_KEY": PRODUCTION_KEY, "DEMO_DATA": ""}


class Cli(Protocol):
    def __call__(self, *arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""


def runner(environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    def run(*arguments: str | Path, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *map(str, arguments)],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "PASSWORD_COST": "4", "DEMO_DATA": "0", **environment, **more},
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


@pytest.fixture
def cli(settings: Settings) -> Cli:
    """The command with the configuration of the `settings` fixture: it runs on both databases."""
    environment = {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": settings.database_url}
    return runner(environment)


@pytest.fixture
def cli_on_sqlite(tmp_path: Path) -> Cli:
    """The command in an empty data directory, where the database makes no difference."""
    return runner({"DATA_DIR": str(tmp_path / "data")})

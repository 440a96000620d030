"""The command line as a whole, `load-demo`, `export-schema` and `export-migration-guide`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from models.settings import Settings
from resolvers.identity.identifiers import STUDENT_ACCOUNT_LENGTH
from resolvers.scope import Services
from rest_compat.apis import DIALECTS
from rest_compat.migration_guide import migration_guide
from schema.schema import build_schema
from server import create_app
from tests.cli.conftest import PRODUCTION, Cli
from tests.support.clients import Clock, running
from tests.support.processes import ROOT

COMMANDS = (
    "doctor",
    "migrate",
    "create-admin",
    "list-admins",
    "list-users",
    "disable-user",
    "enable-user",
    "reset-password",
    "list-sessions",
    "end-sessions",
    "import-users",
    "export-users",
    "copy-uploads",
    "verify-audit",
    "backup",
    "verify-backup",
    "restore",
    "export",
    "import",
    "rotate-keys",
    "check-attendance",
    "load-demo",
    "export-schema",
    "release-schema",
    "export-errors",
    "export-settings",
    "update-messages",
    "export-migration-guide",
    "make-migration",
)
IMPORTED_BY_HELP = """
import json, sys
from cli.app import app
for command in ((), *((name,) for name in sys.argv[1:])):
    app((*command, "--help"), prog_name="python -m cli", standalone_mode=False)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_help_names_every_command(cli_process_on_sqlite: Cli) -> None:
    shown = cli_process_on_sqlite("--help")

    assert shown.returncode == 0
    assert [name for name in COMMANDS if name not in shown.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(cli_on_sqlite: Cli, command: str) -> None:
    shown = cli_on_sqlite(command, "--help")

    assert shown.returncode == 0
    assert f"python -m cli {command}" in shown.stdout
    assert "Example" in shown.stdout


def test_help_imports_nothing_of_the_product() -> None:
    shown = subprocess.run(
        [sys.executable, "-c", IMPORTED_BY_HELP, *COMMANDS], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )

    imported = set(json.loads(shown.stdout.splitlines()[-1]))
    assert imported & {"alembic", "sqlalchemy", "strawberry"} == set()
    assert imported & {"auth", "models", "resolvers", "rest_compat", "schema"} == set()
    assert [command for command in COMMANDS if f"python -m cli {command} [OPTIONS]" not in shown.stdout] == []


def test_the_help_names_the_length_of_an_account(cli_on_sqlite: Cli) -> None:
    assert f"{STUDENT_ACCOUNT_LENGTH} characters" in cli_on_sqlite("create-admin", "--help").stdout
    assert f"has {STUDENT_ACCOUNT_LENGTH} characters" in cli_on_sqlite("import-users", "--help").stdout


def test_the_schema_is_exported_to_a_file_or_to_standard_output(cli_on_sqlite: Cli, tmp_path: Path) -> None:
    sdl = build_schema().as_str() + "\n"

    printed = cli_on_sqlite("export-schema", ENVIRONMENT="production")
    saved = cli_on_sqlite("export-schema", tmp_path / "out.graphql")
    refused = cli_on_sqlite("export-schema", tmp_path / "missing" / "out.graphql")

    assert (printed.returncode, printed.stdout) == (0, sdl)
    assert (saved.returncode, (tmp_path / "out.graphql").read_text()) == (0, sdl)
    assert (refused.returncode, "No such file or directory" in refused.stderr) == (1, True)


def test_the_migration_guide_is_exported_to_a_file_or_to_standard_output(cli_on_sqlite: Cli, tmp_path: Path) -> None:
    guide = migration_guide(DIALECTS)

    printed = cli_on_sqlite("export-migration-guide")
    saved = cli_on_sqlite("export-migration-guide", tmp_path / "out.md")
    refused = cli_on_sqlite("export-migration-guide", tmp_path / "missing" / "out.md")

    assert (printed.returncode, printed.stdout) == (0, guide)
    assert (saved.returncode, (tmp_path / "out.md").read_text(encoding="utf-8")) == (0, guide)
    assert (refused.returncode, "No such file or directory" in refused.stderr) == (1, True)


async def test_demonstration_data_is_loaded_once_and_the_administrator_with_it(
    cli: Cli, settings: Settings, clock: Clock
) -> None:
    first, second = cli("load-demo"), cli("load-demo")

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout.splitlines()[0] == "Loaded the demonstration data."
    assert second.stdout.splitlines()[0] == "This database has the demonstration data already."
    assert "Sign in as the student 2099000001, password 000001." in first.stdout
    async with running(create_app(settings, clock), clock, settings.database_url) as product:
        assert await product.login("2099000001", "000001")
        assert await product.administrator()


async def test_production_takes_no_demonstration_data(cli: Cli, settings: Settings) -> None:
    refused = cli("load-demo", **PRODUCTION)

    assert refused.returncode == 1
    assert "production never holds demonstration data" in refused.stderr
    services = Services.from_settings(settings)
    counted = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    if services.database.is_sqlite:
        counted = "SELECT count(*) FROM sqlite_master"
    assert await services.database.fetch_value(text(counted)) == 0
    await services.close()

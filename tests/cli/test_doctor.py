"""`doctor`."""

from pathlib import Path

import pytest
from sqlalchemy import text

from models.settings import Settings
from resolvers.scope import Services
from resolvers.startup import prepare
from tests.cli.conftest import PRODUCTION, Cli

ADMIN = ("create-admin", "--account", "9000000001", "--name", "王老师")


def lines(output: str) -> dict[str, list[str]]:
    """The lines of a report by their subject."""
    found: dict[str, list[str]] = {}
    for line in output.splitlines():
        verdict, _, rest = line.partition(" ")
        if verdict in {"ok", "note", "fix"}:
            subject, _, message = rest.strip().partition(": ")
            found.setdefault(subject, []).append(f"{verdict} {message}")
    return found


def test_a_fresh_copy_needs_no_change_and_gets_none(cli_on_sqlite: Cli, tmp_path: Path) -> None:
    done = cli_on_sqlite("doctor")

    assert done.returncode == 0
    assert done.stdout.endswith("Nothing has to be changed.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("migrated")
def test_a_production_that_can_start(cli: Cli) -> None:
    cli(*ADMIN, **PRODUCTION, ADMIN_PASSWORD="long enough")

    done = cli("doctor", **PRODUCTION)

    assert done.returncode == 0, done.stdout
    found = lines(done.stdout)
    assert found["secret key"] == ["ok SECRET_KEY is set"]
    assert found["migrations"][0].startswith("ok up to date")
    assert found["data"] == ["ok there is an administrator, and no demonstration data"]


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({}, "ok pages of any origin may call, in development"),
        (PRODUCTION, "note no page of another origin may call; CORS_ORIGINS names those of old clients"),
        ({**PRODUCTION, "CORS_ORIGINS": "https://A.test/"}, "ok pages of https://a.test may call"),
        ({**PRODUCTION, "CORS_ORIGINS": "null"}, "note file://, null: null is every page that hides its address"),
    ],
    ids=["development", "none", "one", "null"],
)
def test_whose_pages_may_call_is_told(cli_on_sqlite: Cli, environment: dict[str, str], line: str) -> None:
    assert lines(cli_on_sqlite("doctor", **environment).stdout)["origins"] == [line]


@pytest.mark.usefixtures("migrated")
def test_a_production_without_an_administrator_is_told_how_to_make_one(cli: Cli) -> None:
    cli(*ADMIN, **PRODUCTION, ADMIN_PASSWORD="short")  # refused

    done = cli("doctor", **PRODUCTION)

    assert done.returncode == 0
    assert lines(done.stdout)["data"] == ["note there is no administrator yet: python -m cli create-admin"]


@pytest.mark.usefixtures("migrated")
def test_a_production_on_a_seeded_database_has_to_be_changed(cli: Cli) -> None:
    cli("load-demo")

    done = cli("doctor", **PRODUCTION)

    assert done.returncode == 1
    assert lines(done.stdout)["data"][0].startswith("fix This database was seeded for development")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"ENVIRONMENT": "production"}, "SECRET_KEY is missing or shorter than 32 bytes"),
        ({"ENVIRONMENT": "production", "SECRET_KEY": "a" * 40}, "SECRET_KEY is guessable"),
        ({**PRODUCTION, "DEMO_DATA": "1"}, "DEMO_DATA=1 is for development"),
        ({"PORT": "99999"}, "PORT: "),
        ({"CORS_ORIGINS": "app.example.com"}, "CORS_ORIGINS: app.example.com has no scheme"),
        ({"DATABASE_URL": "mysql://host/name"}, "use sqlite:/// or postgresql://"),
    ],
)
def test_a_configuration_that_cannot_be_used(cli_on_sqlite: Cli, environment: dict[str, str], message: str) -> None:
    done = cli_on_sqlite("doctor", **environment)

    assert done.returncode == 1
    assert any(found.startswith("fix ") and message in found for found in lines(done.stdout)["configuration"])


def test_what_does_not_answer_or_cannot_be_written_is_named(cli_on_sqlite: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = cli_on_sqlite(
        "doctor",
        DATA_DIR=str(tmp_path / "file" / "data"),
        DATABASE_URL="postgresql://someone:hidden-password@127.0.0.1:1/nothing",
        REDIS_URL="redis://127.0.0.1:1/0",
    )

    found = lines(done.stdout)
    assert done.returncode == 1
    assert found["data directory"][0].startswith(f"fix {tmp_path / 'file'} is not writable")
    assert "change DATABASE_URL" in found["database"][0]
    assert "change REDIS_URL" in found["Redis"][0]
    assert done.stdout.endswith("3 to fix.\n")
    assert "hidden-password" not in done.stdout + done.stderr


@pytest.mark.usefixtures("migrated")
async def test_a_database_of_a_newer_version_has_to_be_changed(cli: Cli, settings: Settings) -> None:
    services = Services.from_settings(settings)
    await prepare(services, settings)
    async with services.database.transaction() as transaction:
        await transaction.execute(text("UPDATE alembic_version SET version_num = 'future' || version_num"))
    await services.close()

    done = cli("doctor")

    assert done.returncode == 1
    assert "which this version does not know" in lines(done.stdout)["migrations"][0]


async def test_a_database_without_tables_is_only_noted(cli: Cli, settings: Settings) -> None:
    services = Services.from_settings(settings)
    await services.database.fetch_value(text("SELECT 1"))
    await services.close()

    done = cli("doctor")

    assert done.returncode == 0
    assert lines(done.stdout)["migrations"] == ["note the database is empty; the server fills it at its first start"]


@pytest.mark.parametrize(
    ("environment", "subject", "message"),
    [
        ({"SECRET_KEY": "x" * 40}, "secret key", "note production refuses it: SECRET_KEY is guessable"),
        ({"AUDIT_KEY": "short"}, "audit key", "note AUDIT_KEY is missing or shorter than 32 bytes"),
        ({"WORKERS": "4"}, "workers", "note 4 workers on SQLite wait for each other's writes"),
        ({"WORKERS": "4"}, "Redis", "note without REDIS_URL each of the 4 workers counts limits for itself"),
        (PRODUCTION, "public address", "note PUBLIC_URL is not set"),
        ({**PRODUCTION, "PUBLIC_URL": "http://a.test"}, "public address", "note http://a.test is not https://"),
        ({"STORAGE_URL": "s3://x"}, "configuration", "fix STORAGE_URL also needs AWS_ACCESS_KEY_ID"),
        (
            {"STORAGE_URL": "/srv", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"},
            "configuration",
            "fix STORAGE_URL is not like",
        ),
    ],
)
def test_what_is_worth_knowing_of_the_configuration(
    cli_on_sqlite: Cli, environment: dict[str, str], subject: str, message: str
) -> None:
    (found,) = lines(cli_on_sqlite("doctor", **environment).stdout)[subject]

    assert found.startswith(message)


def test_names_in_the_settings_file_that_are_none_have_to_be_changed(
    cli_on_sqlite: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("WORKRES=4\n", encoding="utf-8")

    done = cli_on_sqlite("doctor")

    assert done.returncode == 1
    assert lines(done.stdout)["configuration"] == [
        "ok environment development",
        "fix WORKRES in .env is not a setting: did you mean WORKERS?",
    ]

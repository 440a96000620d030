"""`create-admin`."""

import pytest
from sqlalchemy import text

from models.settings import Environment, Settings
from resolvers.scope import Services
from server import create_app
from tests.cli.conftest import PRODUCTION, Cli
from tests.support.clients import Clock, running

GIVEN = ("create-admin", "--account", "9000000001", "--name", "王老师")


async def users_in(settings: Settings) -> int:
    services = Services.from_settings(settings)
    try:
        return int(await services.database.fetch_value(text("SELECT count(*) FROM users")))
    finally:
        await services.close()


async def test_production_gets_its_first_administrator(cli: Cli, settings: Settings, clock: Clock) -> None:
    created = cli(*GIVEN, **PRODUCTION, ADMIN_PASSWORD="long enough")

    assert (created.returncode, created.stdout, created.stderr) == (0, "Created the administrator 9000000001.\n", "")
    production = settings.model_copy(
        update={
            "environment": Environment.PRODUCTION,
            "secret_key": type(settings.secret_key)(PRODUCTION["SECRET_KEY"]),
            "demo_data": None,
        }
    )
    async with running(create_app(production, clock), clock, production.database_url) as product:
        person = await product.login("9000000001", "long enough")
        found = await product.rest("GET", "/api/v1/user/search", person=person)
    assert [row["user"]["name"] for row in found.json()["data"]["rows"]] == ["王老师"]
    assert found.json()["data"]["rows"][0]["user"]["permission"] == 2


@pytest.mark.usefixtures("migrated")
async def test_the_password_may_come_from_standard_input(cli_process: Cli, settings: Settings, clock: Clock) -> None:
    created = cli_process(*GIVEN, "--password-stdin", stdin="from a pipe\n")

    assert created.returncode == 0, created.stderr
    async with running(create_app(settings, clock), clock, settings.database_url) as product:
        assert await product.login("9000000001", "from a pipe")


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize(
    ("arguments", "password", "message"),
    [
        (GIVEN, "short", "A password has at least 6 characters."),
        (GIVEN, "长" * 25, "A password has at most 72 bytes in UTF-8."),
        (("create-admin", "--account", "123", "--name", "x"), "long enough", "account must be 10 letters or digits."),
        (("create-admin", "--account", "9000000001", "--name", " "), "long enough", "name must not be empty."),
    ],
)
async def test_what_breaks_a_rule_is_refused(
    cli: Cli, settings: Settings, arguments: tuple[str, ...], password: str, message: str
) -> None:
    refused = cli(*arguments, ADMIN_PASSWORD=password)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"Error: {message}\n"
    assert await users_in(settings) == 0


@pytest.mark.usefixtures("migrated")
async def test_an_account_is_created_once(cli: Cli, settings: Settings) -> None:
    cli(*GIVEN, ADMIN_PASSWORD="the first one")

    again = cli(*GIVEN, ADMIN_PASSWORD="the second one")

    assert again.returncode == 1
    assert again.stderr == "Error: the account 9000000001 exists already. Choose another.\n"
    assert await users_in(settings) == 1


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("create-admin",), "--account"),
        (("create-admin", "--account", "9000000001"), "--name"),
        (GIVEN, "--password-stdin"),
    ],
)
def test_without_a_terminal_nothing_is_asked(cli_on_sqlite: Cli, arguments: tuple[str, ...], missing: str) -> None:
    refused = cli_on_sqlite(*arguments)

    assert refused.returncode == 2
    assert missing in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_configuration_that_cannot_be_used_is_told_in_a_few_lines(cli_on_sqlite: Cli) -> None:
    refused = cli_on_sqlite(*GIVEN, ENVIRONMENT="production", DEMO_DATA="", ADMIN_PASSWORD="long enough")

    assert refused.returncode == 1
    assert "SECRET_KEY is missing" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_database_that_does_not_answer_is_told_in_a_few_lines(cli_process_on_sqlite: Cli) -> None:
    url = "postgresql://someone:hidden-password@127.0.0.1:1/nothing"

    waiting = {"DATABASE_URL": url, "DATABASE_WAIT_SECONDS": "0.1"}

    refused = cli_process_on_sqlite(*GIVEN, **waiting, ADMIN_PASSWORD="long enough")

    assert refused.returncode == 3
    assert refused.stdout == ""
    assert "waiting_for_database" in refused.stderr
    assert "the database does not answer" in refused.stderr
    assert "hidden-password" not in refused.stderr
    assert "Traceback" not in refused.stderr

"""`verify-audit`: what it prints, and the exit code that a watch is set on."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text, update

from models.audit import AuditEvent
from models.settings import Settings
from models.statements import table_of
from resolvers import audit
from resolvers.scope import Scope, Services
from resolvers.startup import prepare
from tests.cli.conftest import Cli
from tests.support.clients import Clock

EVENTS = table_of(AuditEvent)


@pytest.fixture
async def services(settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    """Services whose trail has three events, sealed with the key that the command has too."""
    services = Services.from_settings(settings, clock)
    await prepare(services, settings)
    for number in range(3):
        scope = Scope(services, now=services.clock())
        async with services.database.transaction() as scope.current_transaction:
            await audit.record(scope, action="set", subject_type="Setting", subject_id=number)
    yield services
    await services.close()


@pytest.fixture
def keys(settings: Settings) -> dict[str, str]:
    return {"AUDIT_KEY": settings.audit_key.get_secret_value()}


async def test_an_intact_trail_ends_with_0_and_a_changed_one_with_1(
    services: Services, cli: Cli, keys: dict[str, str]
) -> None:
    last = await services.database.fetch_one(select(EVENTS).order_by(EVENTS.c.number.desc()).limit(1))
    assert last is not None
    head = f"{last.number}:{last.hash}"

    intact = cli("verify-audit", **keys)
    expected = cli("verify-audit", "--expect", head, **keys)
    async with services.database.engine.begin() as connection:
        await connection.execute(update(EVENTS).where(EVENTS.c.number == 2).values(actor_id=99))
    changed = cli("verify-audit", **keys)

    printed = f"head {head}\nAll {last.number} events are as they were written.\n"
    assert (intact.returncode, intact.stdout, intact.stderr) == (0, printed, "")
    assert (expected.returncode, expected.stdout) == (0, printed)
    assert (changed.returncode, changed.stdout) == (1, f"head {head}\n")
    assert changed.stderr == "Event 2 was changed, or was not written by the server.\n"


async def test_a_trail_that_was_cut_off_ends_with_1_where_its_head_was_kept(
    services: Services, cli: Cli, keys: dict[str, str]
) -> None:
    kept = cli("verify-audit", **keys).stdout.splitlines()[0].removeprefix("head ")
    number = int(kept.partition(":")[0])
    async with services.database.engine.begin() as connection:
        await connection.execute(text(f"DELETE FROM audit_events WHERE number = {number}"))  # noqa: S608

    cut = cli("verify-audit", "--expect", kept, **keys)

    assert cut.returncode == 1
    assert f"Event {number} is missing." in cut.stderr


@pytest.mark.parametrize("head", ["", "x:y", "3:", "３:ab"])
def test_what_is_no_head_ends_with_2(cli_on_sqlite: Cli, head: str) -> None:
    refused = cli_on_sqlite("verify-audit", "--expect", head)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert "HEAD is NUMBER:HASH, as verify-audit prints it." in refused.stderr


def test_the_head_of_a_trail_without_events_may_be_kept_too(cli_on_sqlite: Cli) -> None:
    checked = cli_on_sqlite("verify-audit", "--expect", "0:")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "head 0:\nAll 0 events are as they were written.\n"

"""Where notifications are sent, besides the product itself."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from models.db import Database
from models.identity import CredentialKind
from models.language import Message
from models.messages import OutgoingMessage
from models.migrate import migrate
from models.notifications import Notification, NotificationKind
from models.settings import Environment, Settings
from models.statements import table_of
from resolvers import notifications
from resolvers.identity import credentials, users
from resolvers.scope import Scope, Services
from tests.support.clients import Clock
from tests.support.outbox import Outbox

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

ADDRESSES = ["zhang@example.com", "zhang.san@example.com"]


@pytest.fixture
async def services(settings: Settings, clock: Clock) -> AsyncIterator[Services]:
    services = Services.from_settings(settings, clock)
    await migrate(services.database)
    yield services
    await services.close()


async def told(services: Services, *addresses: str, fails: bool = False) -> None:
    """Tell a new user who confirmed these addresses something, as a mutation does."""
    scope = Scope(services, now=services.clock())
    async with scope.begin():
        user_id = await users.add_user(scope, name="张三", password_hash=None)
        for address in addresses:
            await credentials.add(
                scope, user_id=user_id, kind=CredentialKind.EMAIL, identifier=address, field="address"
            )
        await notifications.notify(
            scope,
            user_id=user_id,
            kind=NotificationKind.SIGN_APPLICATION_REJECTED,
            text=Message.verbatim("材料不全"),
            subject_type="User",
            subject_id=user_id,
        )
        if fails:
            raise RuntimeError


async def stored(database: Database, model: type) -> int:
    return len(await database.fetch(select(table_of(model).c.id)))


async def test_they_go_to_the_newest_confirmed_address(services: Services, settings: Settings) -> None:
    await told(services, *ADDRESSES)

    (message,) = Outbox(settings.data_dir).take()
    assert message == {"to": ADDRESSES[1], "subject": "Your sign application was rejected", "text": "材料不全"}


async def test_who_confirmed_no_address_gets_no_mail(services: Services, settings: Settings) -> None:
    await told(services)

    assert await stored(services.database, Notification) == 1
    assert Outbox(settings.data_dir).take() == []


async def test_what_fails_tells_nobody(services: Services) -> None:
    with pytest.raises(RuntimeError):
        await told(services, *ADDRESSES, fails=True)

    assert await stored(services.database, Notification) == 0
    assert await stored(services.database, OutgoingMessage) == 0


async def test_a_server_without_mail_tells_people_all_the_same(
    services: Services, settings: Settings, clock: Clock
) -> None:
    production = settings.model_copy(
        update={"environment": Environment.PRODUCTION, "secret_key": SecretStr("0123456789abcdef" * 4)}
    )
    mute = Services.from_settings(production, clock)

    await told(mute, *ADDRESSES)

    await mute.close()
    assert await stored(services.database, Notification) == 1
    assert await stored(services.database, OutgoingMessage) == 0

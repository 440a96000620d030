"""The application with its demonstration data, and somebody signed in for each role."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from auth.sessions import open_session
from models.identity import Api, User, UserRole
from models.settings import Settings
from models.statements import table_of
from resolvers.scope import Services
from server import create_app
from tests.support.clients import Clock, Product, running

_users, _roles = table_of(User), table_of(UserRole)
_BY_ROLE = select(_users.c.id, _roles.c.role).outerjoin(_roles, _roles.c.user_id == _users.c.id).order_by(_users.c.id)


@dataclass
class Fuzzed:
    """The product with demonstration data, and ways to be anybody in it."""

    product: Product
    services: Services
    people: dict[str, int]
    """The first user with each role, and the first without any, by the name of the role."""

    async def token(self, role: str, api: Api = Api.GRAPH) -> str:
        """A new session of somebody with this role; "" for "anonymous". Mutations end sessions."""
        if role not in self.people:
            return ""
        now, user_id = self.product.clock(), self.people[role]
        async with self.services.database.transaction() as transaction:
            token, _ = await open_session(transaction, self.services.signer, user_id=user_id, name="", api=api, now=now)
        return token.text


@pytest.fixture
async def fuzzed(demonstration_data: Mapping[str, Any], settings: Settings, clock: Clock) -> AsyncIterator[Fuzzed]:
    """The product with its demonstration data."""
    settings = settings.model_copy(update={**demonstration_data, "captcha_test_answer": "12"})
    async with running(create_app(settings, clock), clock, settings.database_url) as product:
        services = Services.from_settings(settings, clock)
        people: dict[str, int] = {}
        for row in await services.database.fetch(_BY_ROLE):
            people.setdefault(str(row.role or "nobody"), row.id)
        yield Fuzzed(product, services, people)
        await services.close()

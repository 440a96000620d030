"""What tests talk to the product with: an old client of the recorder, and a client of the graph."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from starlette.applications import Starlette

from tests.support.openapi import undescribed

MORNING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""10:00 in Shanghai, on a Monday."""


class Clock:
    """The time that the application under test sees; a test moves it on."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@dataclass(frozen=True)
class Person:
    """Somebody signed in at the recorder: the user id and the token."""

    id: int
    account: str
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Product:
    """The application under test, and the ways to use it."""

    app: Starlette
    http: httpx2.AsyncClient
    clock: Clock
    url: str
    """The DATABASE_URL."""
    _accounts: int = field(default=2021000000)

    async def rest(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        person: Person | None = None,
        query: dict[str, Any] | None = None,
    ) -> httpx2.Response:
        """A call of an old client with a JSON body."""
        headers = person.bearer if person else {}
        return await self.http.request(method, path, json=body, params=query, headers=headers)

    async def graphql(
        self, query: str, variables: dict[str, Any] | None = None, *, person: Person | None = None
    ) -> dict[str, Any]:
        """The reply to an operation."""
        response = await self.http.post(
            "/graphql",
            json={"query": query, "variables": variables or {}},
            headers=person.bearer if person else {},
        )
        assert response.status_code == 200, response.text
        reply: dict[str, Any] = response.json()
        return reply

    async def data(
        self, query: str, variables: dict[str, Any] | None = None, *, person: Person | None = None
    ) -> dict[str, Any]:
        """The data of an operation that must have no errors."""
        reply = await self.graphql(query, variables, person=person)
        assert "errors" not in reply, reply["errors"]
        data: dict[str, Any] = reply["data"]
        return data

    async def login(self, account: str, password: str) -> Person:
        """Sign in at the recorder."""
        response = await self.rest("POST", "/api/v1/user/login", {"account": account, "password": password})
        reply = response.json()
        assert reply["code"] == 0, reply
        return Person(reply["data"]["user"]["id"], account, reply["data"]["token"])

    async def administrator(self) -> Person:
        """The administrator of development, signed in."""
        return await self.login("8888888888", "admin")

    async def students(self, count: int) -> list[Person]:
        """New students, signed in."""
        accounts = [str(self._accounts + number) for number in range(1, count + 1)]
        self._accounts += count
        rows = [
            {"account": account, "name": f"学生{account[-2:]}", "class": "1班", "major": "软工"} for account in accounts
        ]
        reply = await self.rest("POST", "/api/v1/user/import", {"list": rows}, person=await self.administrator())
        assert reply.json()["code"] == 0, reply.text
        return [await self.login(account, account[-6:]) for account in accounts]

    async def student(self) -> Person:
        """A new student, signed in."""
        return (await self.students(1))[0]


@asynccontextmanager
async def running(app: Starlette, clock: Clock, url: str) -> AsyncIterator[Product]:
    """The application, started, with a client in the same process."""
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        hooks = {"response": [_is_described]}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://careergraph.test", event_hooks=hooks
        ) as http:
            yield Product(app, http, clock, url)


async def _is_described(response: httpx2.Response) -> None:
    """Every reply of the old APIs that a test gets is as `/openapi.json` says."""
    await response.aread()
    assert undescribed(response) is None, undescribed(response)

"""Twenty connections at the same instant, against real server processes on both databases."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from models.db import Database
from models.settings import Settings
from tests.rest_compat.work_progress.replies import data, refused, reply, success
from tests.support.clients import Person
from tests.support.databases import create_database
from tests.support.processes import Server, running_server

CONNECTIONS = 20
DEPLOYMENTS = ["sqlite", "postgresql", "postgresql, two workers"]
_accounts = count(2040000000)


@dataclass(frozen=True)
class Deployment:
    """A running server and its database."""

    server: Server
    database_url: str


@pytest.fixture(scope="module", params=DEPLOYMENTS)
def deployment(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A server process with an empty database of its own."""
    folder = tmp_path_factory.mktemp("race")
    url = f"sqlite:///{folder / 'race.db'}"
    if request.param != "sqlite":
        cluster = request.getfixturevalue("cluster")
        url = cluster.url(asyncio.run(create_database(cluster)))
    workers = "2" if "workers" in request.param else "1"
    with running_server(folder / "data", DATABASE_URL=url, WORKERS=workers) as server:
        yield Deployment(server, url)


@pytest.fixture
async def database(deployment: Deployment) -> AsyncIterator[Database]:
    """The database behind the server."""
    settings = Settings(_env_file=None, database_url=deployment.database_url)  # type: ignore[call-arg]
    database = Database(settings.effective_database_url)
    yield database
    await database.close()


@pytest.fixture
async def clients(deployment: Deployment) -> AsyncIterator[list[httpx2.AsyncClient]]:
    """Twenty clients, each with a connection that is open already."""
    async with AsyncExitStack() as stack:
        opened = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=deployment.server.url, timeout=60))
            for _ in range(CONNECTIONS)
        ]
        for client in opened:
            assert (await client.get("/healthz")).status_code == 200
        yield opened


async def login(client: httpx2.AsyncClient, account: str, password: str) -> Person:
    response = await client.post("/api/v1/user/login", json={"account": account, "password": password})
    found = data(response)
    return Person(found["user"]["id"], account, found["token"])


async def import_users(client: httpx2.AsyncClient, administrator: Person, accounts: list[str]) -> httpx2.Response:
    body = {"list": [{"account": account, "name": account} for account in accounts]}
    return await client.post("/api/v1/user/import", json=body, headers=administrator.bearer)


async def new_student(client: httpx2.AsyncClient) -> str:
    """The account of a student who never signed in."""
    account = str(next(_accounts))
    administrator = await login(client, "8888888888", "admin")
    assert reply(await import_users(client, administrator, [account])) == success()
    return account


async def at_once(
    clients: list[httpx2.AsyncClient], call: Callable[[int, httpx2.AsyncClient], Awaitable[Any]]
) -> list[Any]:
    return list(await asyncio.gather(*(call(number, client) for number, client in enumerate(clients))))


async def test_clocking_in(clients: list[httpx2.AsyncClient], database: Database) -> None:
    account = await new_student(clients[0])
    student = await login(clients[0], account, account[-6:])

    async def clock_in(number: int, client: httpx2.AsyncClient) -> Any:
        body = {"location": str(number)}
        return reply(await client.post("/api/v1/clock_in/add", json=body, headers=student.bearer))

    replies = await at_once(clients, clock_in)

    assert replies.count(success()) == 1
    assert replies.count(refused(1, "您在当前时间段已经打过卡了哦")) == CONNECTIONS - 1
    (stored,) = await database.fetch(
        text("SELECT location FROM clock_ins WHERE user_id = :user_id"), {"user_id": student.id}
    )
    assert stored.location == str(replies.index(success()))


@pytest.mark.parametrize("before", [0, 1])
async def test_logging_in(clients: list[httpx2.AsyncClient], database: Database, before: int) -> None:
    account = await new_student(clients[0])
    for _ in range(before):
        await login(clients[0], account, account[-6:])

    people: list[Person] = await at_once(clients, lambda _, client: login(client, account, account[-6:]))

    async def info(number: int, client: httpx2.AsyncClient) -> Any:
        return reply(await client.get("/api/v1/user/info", headers=people[number].bearer))

    replies = await at_once(clients, info)
    assert len({person.token for person in people}) == CONNECTIONS
    assert [status for status, _ in replies].count(200) == 1
    assert replies.count(refused(17, "token已失效", status=401)) == CONNECTIONS - 1
    sessions = text("SELECT count(*) FROM sessions WHERE user_id = :user_id")
    assert await database.fetch_value(sessions, {"user_id": people[0].id}) == 1


async def test_importing_overlapping_lists(clients: list[httpx2.AsyncClient], database: Database) -> None:
    pool = [str(next(_accounts)) for _ in range(3 * CONNECTIONS)]
    administrator = await login(clients[0], "8888888888", "admin")
    users_before = await database.fetch_value(text("SELECT count(*) FROM users"))
    # Windows of the pool that overlap, every other one backwards: the orders in which locks are taken differ.
    lists = [pool[start : start + 22][:: 1 if start % 4 else -1] for start in range(0, 2 * CONNECTIONS, 2)]

    async def add(number: int, client: httpx2.AsyncClient) -> Any:
        return reply(await import_users(client, administrator, lists[number]))

    replies = await at_once(clients, add)

    imported: list[str] = []
    for accounts, (status, body) in zip(lists, replies, strict=True):
        assert status == 200, body
        refused_rows = (body["data"] or {"errs": {}})["errs"]
        assert body["code"] == (100 if refused_rows else 0)
        for account, message in refused_rows.items():
            assert message == f"Error 1062: Duplicate entry '{account}' for key 'users.account'"
        imported += [account for account in accounts if account not in refused_rows]
    assert sorted(imported) == pool[: len(imported)] == pool, "each account was imported by exactly one call"
    assert await database.fetch_value(text("SELECT count(*) FROM users")) == users_before + len(pool)
    student = await login(clients[0], pool[30], pool[30][-6:])
    assert data(await clients[0].get("/api/v1/user/info", headers=student.bearer))["user"]["name"] == pool[30]

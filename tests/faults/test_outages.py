"""A database that breaks off, or takes no writes: each API's own refusal, or none at all."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from models.db import Database
from models.errors import Unavailable
from tests.support.clients import Person, Product
from tests.support.postgresql import Cluster, free_port
from tests.support.waiting import until

VIEWER = "{ viewer { databaseId } }"
UNAVAILABLE = "服务暂时不可用，请稍后再试"
UNKNOWN = "连接中断，操作是否成功未知，请确认后再试"
CLOCK_IN = 'mutation { clockIn(input: {location: "教室"}) { errors { code } } }'


pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has no connections to lose


@asynccontextmanager
async def administering(cluster: Cluster) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(cluster.url("postgres"))
    try:
        yield connection
    finally:
        await connection.close()


async def break_connections(cluster: Cluster, product: Product) -> None:
    async with administering(cluster) as connection:
        name = product.url.rpartition("/")[2]
        await connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)


async def execute(product: Product, statement: str) -> None:
    connection = await asyncpg.connect(product.url)
    await connection.execute(statement)
    await connection.close()


async def test_who_asks_after_connections_were_lost_notices_nothing(cluster: Cluster, product: Product) -> None:
    person = await product.student()
    for operation, data in ((VIEWER, {"viewer": {"databaseId": person.id}}), (CLOCK_IN, {"clockIn": {"errors": []}})):
        await break_connections(cluster, product)
        assert await product.data(operation, person=person) == data


async def test_while_the_database_takes_no_writes_reads_are_answered(cluster: Cluster, product: Product) -> None:
    person = await product.student()
    name = product.url.rpartition("/")[2]
    await execute(product, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await break_connections(cluster, product)

    graph = await product.http.post("/graphql", json={"query": CLOCK_IN}, headers=person.bearer)
    rest = await product.rest("POST", "/api/v1/clock_in/add", {"location": "教室"}, person=person)
    page = {"Origin": "https://elsewhere.example", **person.bearer}
    from_elsewhere = await product.http.post("/api/v1/clock_in/add", json={"location": "教室"}, headers=page)

    assert (from_elsewhere.status_code, from_elsewhere.json()) == (503, rest.json())
    assert from_elsewhere.headers["access-control-allow-origin"] == page["Origin"]
    assert (graph.status_code, graph.headers["retry-after"]) == (503, "5")
    assert [error["extensions"] for error in graph.json()["errors"]] == [
        {"code": "SERVICE_UNAVAILABLE", "retryAfter": 5}
    ]
    assert (rest.status_code, rest.headers["retry-after"]) == (503, "5")
    assert rest.json() == {"code": 503, "msg": UNAVAILABLE, "data": None}
    assert await product.data(VIEWER, person=person) == {"viewer": {"databaseId": person.id}}


async def test_a_connection_lost_at_the_commit_leaves_the_outcome_open(product: Product) -> None:
    """The client is told so, and not to try again blindly; nothing tries again by itself."""
    person = await product.student()
    await execute(
        product,
        """
        CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER break_off AFTER INSERT ON clock_ins
          DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_off();
        """,
    )

    graph = await product.http.post("/graphql", json={"query": CLOCK_IN}, headers=person.bearer)
    rest = await product.rest("POST", "/api/v1/clock_in/add", {"location": "教室"}, person=person)

    assert (graph.status_code, "retry-after" in graph.headers) == (503, False)
    assert [error["extensions"] for error in graph.json()["errors"]] == [{"code": "OUTCOME_UNKNOWN"}]
    assert (rest.status_code, "retry-after" in rest.headers) == (503, False)
    assert rest.json() == {"code": 503, "msg": UNKNOWN, "data": None}


async def test_a_start_waits_for_the_database_and_says_so(cluster: Cluster, product: Product) -> None:
    """Which begins to listen only once somebody waits for it."""
    port, name = free_port(), product.url.rpartition("/")[2]
    database = Database(f"postgresql+asyncpg://postgres@127.0.0.1:{port}/{name}")

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await asyncio.open_connection("127.0.0.1", cluster.port)
        await asyncio.gather(copied(reader, to_there), copied(there, writer))

    with capture_logs() as logs:
        waiting = asyncio.create_task(database.wait(60))

        async def is_said() -> bool:
            return bool(logs)

        await until(is_said)
        assert not waiting.done()
        async with await asyncio.start_server(forward, "127.0.0.1", port):
            await waiting
            wrong = Database(f"postgresql+asyncpg://postgres@127.0.0.1:{port}/none_{name}")
            with pytest.raises(Unavailable) as refused:  # which waiting does not change
                await wrong.wait(3600)
            await wrong.close()
        await database.close()

    assert logs[0]["event"] == "waiting_for_database"
    assert str(port) in logs[0]["reason"]
    assert isinstance(refused.value.__cause__, asyncpg.InvalidCatalogNameError)


async def copied(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Hand on what comes until it ends."""
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            target.write(data)
        target.close()
        await target.wait_closed()


async def test_without_a_database_each_api_answers_in_its_own_envelope(cluster: Cluster, product: Product) -> None:
    person: Person = await product.student()
    name = product.url.rpartition("/")[2]
    async with administering(cluster) as connection:
        await connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        await break_connections(cluster, product)

        recorder = await product.rest("GET", "/api/v1/user/info", person=person)
        image = await product.http.get("/storage/avatars/none.png", headers=person.bearer)
        page = await product.http.get("/confirm-email", params={"token": "t" * 43})
        ready = await product.http.get("/readyz")
        await connection.execute(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')

    assert (recorder.status_code, recorder.headers["retry-after"]) == (503, "5")
    assert recorder.json() == {"code": 503, "msg": UNAVAILABLE, "data": None}
    assert [reply.status_code for reply in (image, page, ready)] == [503, 503, 503]
    assert await product.data(VIEWER, person=person) == {"viewer": {"databaseId": person.id}}

"""Automatic persisted queries, by Apollo's protocol."""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from redis import Redis
from structlog.testing import capture_logs

from schema.engine.errors import RequestRefused
from schema.engine.http.media_types import GRAPHQL_RESPONSE
from schema.engine.persisted import MAX_CHARACTERS, PREFIX, RECENT, PersistedQueries
from tests.support.over_http import client_of
from tests.support.processes import Server, running_server

QUERY = "query Persisted { version }"
NOBODY = "redis://127.0.0.1:1"


def sha256(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()


def extensions(hash_: object, version: object = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": hash_}}


def asked(client: httpx2.Client, method: str = "POST", accept: str = "*/*", **parameters: Any) -> tuple[int, Any]:
    """The status, and the data or the code and the message of the refusal."""
    headers = {"Accept": accept}
    if method == "GET":
        sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
        response = client.get("/graphql", params=sent, headers=headers)
    else:
        response = client.post("/graphql", json=parameters, headers=headers)
    reply = response.json()
    if "errors" not in reply:
        return response.status_code, reply["data"]
    assert "data" not in reply
    (error,) = reply["errors"]
    return response.status_code, (error["extensions"]["code"], error["message"])


NOT_FOUND = ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")


@pytest.fixture
def client(server: Server) -> Iterator[httpx2.Client]:
    with client_of(server) as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_query_is_asked_for_once_and_then_known(client: httpx2.Client, method: str) -> None:
    query = f"query By{method} {{ __typename }}"
    known = extensions(sha256(query))

    assert asked(client, method, extensions=known) == (200, NOT_FOUND)
    assert asked(client, method, accept=GRAPHQL_RESPONSE, extensions=known) == (400, NOT_FOUND)
    assert asked(client, method, query=query, extensions=known) == (200, {"__typename": "Query"})
    for each in ("GET", "POST"):
        assert asked(client, each, extensions=known) == (200, {"__typename": "Query"})
    assert asked(client, extensions=extensions(sha256(query).upper())) == (200, {"__typename": "Query"})


def test_a_known_query_takes_variables_and_a_name(client: httpx2.Client) -> None:
    query = "query A($a: Boolean!) { __typename @include(if: $a) version @skip(if: true) } query B { b: __typename }"
    known = extensions(sha256(query))
    asked(client, query=query, operationName="B", extensions=known)

    assert asked(client, "GET", operationName="A", variables={"a": True}, extensions=known) == (
        200,
        {"__typename": "Query"},
    )
    assert asked(client, operationName="B", extensions=known) == (200, {"b": "Query"})


def test_a_known_mutation_is_no_query(client: httpx2.Client) -> None:
    mutation = "mutation Known { __typename }"
    known = extensions(sha256(mutation))
    assert asked(client, query=mutation, extensions=known) == (200, {"__typename": "Mutation"})

    status, (code, _) = asked(client, "GET", extensions=known)

    assert (status, code) == (405, "METHOD_NOT_ALLOWED")


def test_a_hash_of_another_query_is_refused_and_not_kept(client: httpx2.Client) -> None:
    wrong = extensions(sha256("{ wrong }"))

    status, (code, _) = asked(client, query=QUERY, extensions=wrong)

    assert (status, code) == (400, "PERSISTED_QUERY_HASH_MISMATCH")
    assert asked(client, extensions=wrong) == (200, NOT_FOUND)


@pytest.mark.parametrize(
    "query",
    [
        "{ nonsense }",
        "{",
        "subscription Kept { notificationReceived { id } }",
        "{ version " * 30 + "}" * 30,
        "{ " + "version " * 31 + "}",
        "query A { version } query B { version }",
        "{ " + "posts(first: 99) { nodes { author { " * 3 + "id " + "} " * 10,
        "{ version } #" + "x" * MAX_CHARACTERS,
    ],
)
def test_what_may_not_run_or_is_too_long_is_not_kept(client: httpx2.Client, query: str) -> None:
    known = extensions(sha256(query))

    asked(client, query=query, extensions=known)

    assert asked(client, extensions=known) == (200, NOT_FOUND)


@pytest.mark.parametrize(
    "sent",
    [
        1,
        "hash",
        [],
        {},
        {"version": 1},
        {"version": 2, "sha256Hash": sha256(QUERY)},
        {"version": "1", "sha256Hash": sha256(QUERY)},
        {"sha256Hash": sha256(QUERY)},
        {"version": 1, "sha256Hash": None},
        {"version": 1, "sha256Hash": 1},
        {"version": 1, "sha256Hash": ""},
        {"version": 1, "sha256Hash": "z" * 64},
        {"version": 1, "sha256Hash": sha256(QUERY) + "0"},
        {"version": 1, "sha256Hash": sha256(QUERY) + "\n"},
    ],
)
def test_a_malformed_hash_is_refused(client: httpx2.Client, sent: object) -> None:
    status, (code, _) = asked(client, query=QUERY, extensions={"persistedQuery": sent})

    assert (status, code) == (400, "BAD_REQUEST")


def test_who_sends_null_asks_for_no_hash(client: httpx2.Client) -> None:
    assert asked(client, query="{ __typename }", extensions={"persistedQuery": None}) == (200, {"__typename": "Query"})


def test_a_server_that_keeps_none_says_so(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", PERSISTED_QUERIES="0") as server, client_of(server) as client:
        for sent in ({}, {"query": QUERY}):
            assert asked(client, extensions=extensions(sha256(QUERY)), **sent) == (
                200,
                ("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported"),
            )
        assert asked(client, query="{ __typename }") == (200, {"__typename": "Query"})


@asynccontextmanager
async def store(redis_url: str = "", size: int = 3) -> AsyncIterator[PersistedQueries]:
    queries = PersistedQueries(size=size, hours=1, redis_url=redis_url)
    yield queries
    await queries.close()


async def is_known(queries: PersistedQueries, query: str) -> bool:
    try:
        return await queries.query(sha256(query), None) == query
    except RequestRefused:
        return False


async def test_the_memory_is_bounded() -> None:
    """By bytes: a quarter of a million for clients that are not signed in, who push out nothing of others."""
    queries = [f"{{ a{number} }} #".ljust(1000, "x") for number in range(300)]
    async with store() as kept:
        await kept.keep(sha256("{ mine }"), "{ mine }", is_signed_in=True)
        for query in queries:
            await kept.keep(sha256(query), query)

        known = [await is_known(kept, query) for query in queries]
        assert 200 < sum(known) < 250
        assert known == sorted(known)
        assert await is_known(kept, "{ mine }")


async def test_workers_share_what_redis_keeps(redis_url: str) -> None:
    Redis.from_url(redis_url).flushall()
    async with store(redis_url) as one, store(redis_url) as other:
        assert not await is_known(other, QUERY)

        await one.keep(sha256(QUERY), QUERY)

        assert await is_known(other, QUERY)
    with Redis.from_url(redis_url) as redis:
        assert 3590 < redis.ttl(PREFIX + sha256(QUERY)) <= 3600
        redis.flushall()
    async with store(redis_url) as third:
        assert not await is_known(third, QUERY)


async def test_redis_keeps_no_more_than_it_may(redis_url: str) -> None:
    queries = [f"{{ a{number} }}" for number in range(10)]
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
        async with store(redis_url) as one:
            for query in queries:
                await one.keep(sha256(query), query)
        async with store(redis_url) as other:
            assert [await is_known(other, query) for query in queries] == [False] * 7 + [True] * 3
        assert redis.zcard(RECENT) == 3
        assert len(redis.keys(f"{PREFIX}*")) == 3


async def test_without_redis_queries_are_known_to_the_process() -> None:
    async with store(NOBODY) as queries:
        with capture_logs() as logs:
            await queries.keep(sha256(QUERY), QUERY)
            assert await is_known(queries, QUERY)
            assert not await is_known(queries, "{ other }")

    assert [entry["event"] for entry in logs] == ["redis_unavailable"]

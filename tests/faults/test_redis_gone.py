"""Redis that is killed, hangs, or refuses: whatever asks it goes on with what the process counts and knows itself."""

import asyncio
import hashlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client import REGISTRY
from redis import Redis

from models.settings import Settings
from resolvers.events import Events
from server import create_app
from tests.support.clients import Clock, Product, running
from tests.support.postgresql import free_port
from tests.support.redis import running_redis
from tests.support.waiting import until

pytestmark = [pytest.mark.redis, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

TOPIC = "topic"
USES = ("limits", "guesses", "persisted queries", "events")
RESET = """mutation($a: String!) {
  sendPasswordResetCode(input: {kind: EMAIL, address: $a}) { accepted errors { code } }
}"""
SIGN_IN = """mutation($a: String!) { signIn(input: {identifier: $a, password: "wrong"}) { token errors { code } } }"""
GUESSES = 8
"""One more wrong password than is checked within a minute."""


@contextmanager
def refusing_strangers(redis: Redis) -> Iterator[None]:
    """NOAUTH."""
    redis.config_set("requirepass", "secret")
    for kind in ("normal", "pubsub"):
        redis.client_kill_filter(_type=kind, skipme=True)
    yield
    redis.config_set("requirepass", "")


@contextmanager
def refusing_writes(redis: Redis) -> Iterator[None]:
    """READONLY."""
    redis.replicaof("127.0.0.1", "1")
    yield
    redis.replicaof("NO", "ONE")


@contextmanager
def out_of_memory(redis: Redis) -> Iterator[None]:
    """OOM."""
    redis.config_set("maxmemory", "1")
    yield
    redis.config_set("maxmemory", "0")


@contextmanager
def hanging(redis: Redis) -> Iterator[None]:
    """Connections are accepted, and nothing is answered."""
    pid = int(redis.info()["process_id"])
    os.kill(pid, signal.SIGSTOP)
    yield
    os.kill(pid, signal.SIGCONT)


FAULTS: tuple[Callable[[Redis], Any], ...] = (refusing_strangers, refusing_writes, out_of_memory, hanging)


def told(reply: httpx2.Response) -> tuple[int, Any]:
    is_json = reply.headers["content-type"].startswith("application/json")
    return reply.status_code, reply.json() if is_json else reply.headers["content-type"]


def persisted_query(number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A query with its hash, and its hash alone."""
    query = f"{{ version a{number}: version }}"
    digest = hashlib.sha256(query.encode()).hexdigest()
    by_hash = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": digest}}}
    return {"query": query, **by_hash}, by_hash


async def through_every_door(product: Product, number: int) -> dict[str, Any]:
    """What each door that asks Redis says to somebody new."""
    mobile, email, unknown = f"131{number:08}", f"a{number}@example.com", str(2022000000 + number)
    http = product.http
    sent, by_hash = persisted_query(number)
    said: dict[str, Any] = {
        "signing in": bool((await product.administrator()).token),
        "a code by SMS": told(await http.get("/api/register-sms", params={"mobile": mobile})),
        "another at once": told(await http.get("/api/register-sms", params={"mobile": mobile})),
        "a code by e-mail": await product.graphql(RESET, {"a": email}),
        "registering": told(
            await http.post(
                "/hr/register/",
                data={"user_email": email, "password": "abc123", "company_name": "c", "phone": "023-60001234"},
            )
        ),
        "a recruiter who signs in": told(
            await http.post("/hr/login/", data={"user_email": email, "password": "wrong1"})
        ),
        "a captcha": told(await http.get("/verifycode")),
        "a query": len((await http.post("/graphql", json=sent)).json()["data"]),
        "the same by its hash": len((await http.post("/graphql", json=by_hash)).json()["data"]),
        "guessing": [await product.graphql(SIGN_IN, {"a": unknown}) for _ in range(GUESSES)],
    }
    assert said["registering"][1].pop("username") == email
    for attempt in said["guessing"]:
        for error in attempt.get("errors", ()):
            error["extensions"].pop("retryAfter", None)
            error.pop("message")
    return said


async def test_whatever_asks_redis_does_without_it(
    settings: Settings, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.redis.ANSWER_SECONDS", 0.5)
    port, folder = free_port(), tmp_path / "redis"
    folder.mkdir()
    numbers = iter(range(100))
    with ExitStack() as first:
        url = first.enter_context(running_redis(folder, port))
        configured = settings.model_copy(update={"redis_url": url})
        other = Events(url)
        async with running(create_app(configured, clock), clock, settings.database_url) as product, other.receiving():

            async def is_back() -> bool:
                said = (await product.http.get("/readyz")).json()
                return bool(said == {"status": "ready"})

            async def is_told() -> bool:
                said = (await product.http.get("/readyz")).json()
                return bool(said == {"status": "ready", "redis": "unavailable"})

            async def every_use_is_back() -> bool:
                await product.administrator()
                await product.http.post("/graphql", json=persisted_query(0)[0])
                return [REGISTRY.get_sample_value("redis_available", {"use": use}) for use in USES] == [1] * len(USES)

            async def check_without() -> None:
                said = await through_every_door(product, next(numbers))
                assert said == usual
                await until(is_told)
                assert REGISTRY.get_sample_value("redis_available", {"use": "limits"}) == 0
                async with other.listening(TOPIC) as heard:
                    await other.publish(TOPIC, 1)
                    assert await asyncio.wait_for(anext(heard), 10) == 1

            assert await is_back()
            usual = await through_every_door(product, next(numbers))
            assert usual["another at once"] != usual["a code by SMS"]
            assert usual["guessing"][0] == usual["guessing"][-2] != usual["guessing"][-1]
            for fault in FAULTS:
                with Redis.from_url(url) as redis:
                    with fault(redis):
                        await check_without()
                    await until(is_back)
            first.close()
            await check_without()
            with running_redis(folder, port):
                await until(is_back)
                assert await through_every_door(product, next(numbers)) == usual
                await until(every_use_is_back)  # each use asks again a while after it failed itself
        await other.close()

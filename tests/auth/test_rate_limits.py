"""Rate limits, in memory and on a real Redis server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis import Redis

from auth.rate_limits import Limit, RateLimits
from models.errors import TooManyRequests
from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, running
from tests.support.postgresql import free_port
from tests.support.redis import running_redis
from tests.support.waiting import until

ALLOWED = {
    Limit.CODE_PER_PURPOSE_AND_ADDRESS: (1, 60),
    Limit.CODE_PER_ADDRESS: (10, 3600),
    Limit.CODE_PER_CLIENT: (60, 3600),
    Limit.CAPTCHA_PER_CLIENT: (600, 3600),
    Limit.REGISTRATION_PER_NETWORK: (60, 3600),
    Limit.ANONYMOUS_UPLOAD_PER_CLIENT: (20, 3600),
    Limit.UPLOAD_PER_USER: (100, 86400),
    Limit.COMPANY_JOINED_PER_USER: (5, 86400),
    Limit.PERSONAL_EXPORT_PER_USER: (20, 3600),
    Limit.WRONG_PASSWORD_PER_EMAIL_AND_CLIENT: (5, 120),
    Limit.FAILED_SIGN_INS_PER_ACCOUNT: (5, 900),
    Limit.FAILED_SIGN_INS_PER_NETWORK: (20, 900),
    Limit.FAILED_SIGN_INS: (200, 900),
    Limit.REPORT_OF_FAILED_SIGN_INS: (1, 900),
}


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
async def limits(request: pytest.FixtureRequest) -> AsyncIterator[RateLimits]:
    url = ""
    if request.param == "redis":
        url = request.getfixturevalue("redis_url")
        with Redis.from_url(url) as client:
            client.flushall()
    limits = RateLimits(url)
    yield limits
    await limits.close()


def test_every_limit_is_tested() -> None:
    assert set(ALLOWED) == set(Limit)


async def test_to_ask_counts_nothing(limits: RateLimits) -> None:
    limit, (allowed, window) = Limit.CODE_PER_ADDRESS, ALLOWED[Limit.CODE_PER_ADDRESS]
    for _ in range(allowed):
        await limits.check(limit, "zhang@example.com")
        await limits.check(limit, "zhang@example.com")
        await limits.hit(limit, "zhang@example.com")

    with pytest.raises(TooManyRequests) as refused:
        await limits.check(limit, "zhang@example.com")

    assert 1 <= refused.value.retry_after <= window
    await limits.check(limit, "li@example.com")


@pytest.mark.parametrize("limit", ALLOWED, ids=lambda limit: limit.name)
async def test_one_more_than_allowed_is_refused(limits: RateLimits, limit: Limit) -> None:
    allowed, window = ALLOWED[limit]
    for _ in range(allowed):
        await limits.hit(limit, "zhang@example.com")

    with pytest.raises(TooManyRequests) as refused:
        await limits.hit(limit, "zhang@example.com")

    assert 1 <= refused.value.retry_after <= window
    assert str(refused.value.retry_after) in str(refused.value)
    await limits.hit(limit, "li@example.com")


async def test_limits_do_not_count_for_each_other(limits: RateLimits) -> None:
    await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, "reset_password", "email", "zhang@example.com")

    await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, "link_credential", "email", "zhang@example.com")
    await limits.hit(Limit.CODE_PER_ADDRESS, "reset_password", "email", "zhang@example.com")


@pytest.mark.parametrize("key", ["", "a/b", "张三@example.com", "a" * 10_000, "%s{}\n"])
async def test_any_text_is_a_key(limits: RateLimits, key: str) -> None:
    await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, key)

    with pytest.raises(TooManyRequests):
        await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, key)


@pytest.mark.redis
async def test_servers_share_their_counts_on_redis(redis_url: str, settings: Settings, clock: Clock) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()
    shared = settings.model_copy(update={"redis_url": redis_url})
    ask = 'mutation { sendPasswordResetCode(input: {kind: EMAIL, address: "zhang@example.com"}) %s }'
    query = ask % "{ accepted errors { code message path } }"

    async with (
        running(create_app(shared, clock), clock, settings.database_url) as one,
        running(create_app(shared, clock), clock, settings.database_url) as other,
    ):
        first, second = await one.data(query), await other.data(query)

    assert first["sendPasswordResetCode"] == {"accepted": True, "errors": []}
    assert second["sendPasswordResetCode"]["accepted"] is None
    (error,) = second["sendPasswordResetCode"]["errors"]
    assert (error["code"], error["path"]) == ("TOO_MANY_REQUESTS", [])
    assert error["message"].startswith("Too many requests; try again in ")


async def are_refused(limits: RateLimits, key: str) -> list[bool]:
    """Whether the first and the second of two codes for the same address are refused."""
    refused = []
    for _ in range(2):
        try:
            await limits.hit(Limit.CODE_PER_PURPOSE_AND_ADDRESS, key)
        except TooManyRequests:
            refused.append(True)
        else:
            refused.append(False)
    return refused


@pytest.mark.redis
async def test_while_redis_is_gone_each_process_counts_for_itself(tmp_path: Path) -> None:
    port = free_port()
    with running_redis(tmp_path, port) as url:
        one, other = RateLimits(url), RateLimits(url)
        shared = [await are_refused(one, "a"), await are_refused(other, "a"), await one.are_shared()]
    gone = [await are_refused(one, "a"), await are_refused(other, "a"), await one.are_shared()]
    with running_redis(tmp_path, port):
        for limits in (one, other):
            await until(limits.are_shared)
        back = [await are_refused(one, "b"), await are_refused(other, "b"), await one.are_shared()]
    for limits in (one, other):
        await limits.close()

    assert shared == [[False, True], [True, True], True]
    assert gone == [[False, True], [False, True], False]
    assert back == shared


@pytest.mark.redis
async def test_a_redis_that_answers_nothing_counts_as_gone(tmp_path: Path) -> None:
    with running_redis(tmp_path) as url, Redis.from_url(url) as client:
        limits = RateLimits(url)
        client.client_pause(60_000)
        refused, is_shared = await are_refused(limits, "a"), await limits.are_shared()
        await limits.close()

    assert (refused, is_shared) == ([False, True], False)

"""Rate limits, in memory and on a real Redis server."""

from collections.abc import AsyncIterator

import pytest
from redis import Redis

from auth.rate_limits import Limit, RateLimits
from models.errors import TooManyRequests
from models.settings import Settings
from server import create_app
from tests.support.clients import Clock, running

ALLOWED = {
    Limit.CODE_PER_PURPOSE_AND_ADDRESS: (1, 60),
    Limit.CODE_PER_ADDRESS: (10, 3600),
    Limit.CODE_PER_CLIENT: (60, 3600),
    Limit.CAPTCHA_PER_CLIENT: (600, 3600),
    Limit.ANONYMOUS_UPLOAD_PER_CLIENT: (20, 3600),
    Limit.WRONG_PASSWORD_PER_EMAIL_AND_CLIENT: (5, 120),
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
    assert str(refused.value.retry_after) in refused.value.message
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

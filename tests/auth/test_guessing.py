"""Guesses are counted by account, network and service, in memory and on a real Redis server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from auth.guessing import Guesses, Subject
from auth.networks import network_of
from models.errors import TooManyRequests
from tests.support.postgresql import free_port

SECRET = "0123456789abcdef" * 4
NOW = datetime(2026, 3, 2, tzinfo=UTC)
STRANGER = Subject(account=("username", "zhang"), network="192.0.2.1")


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return ""
    address: str = request.getfixturevalue("redis_url")
    with Redis.from_url(address) as client:
        client.flushall()
    return address


@pytest.fixture
async def guesses(url: str) -> AsyncIterator[Guesses]:
    made = Guesses(SECRET, redis_url=url, per_network=30, per_service=50)
    yield made
    await made.close()


async def wait(guesses: Guesses, subject: Subject, seconds: float) -> int:
    """Guess once: 0, or the seconds that the refusal says to wait."""
    try:
        async with guesses.counted(subject, now=NOW + timedelta(seconds=seconds)):
            return 0
    except TooManyRequests as refused:
        return refused.retry_after


async def checked(guesses: Guesses, subject: Subject, seconds: float, tries: int = 300) -> int:
    """How many of so many guesses at one instant are checked."""
    return [await wait(guesses, subject, seconds) for _ in range(tries)].count(0)


async def test_the_wait_grows_and_ten_guesses_are_checked_in_a_quarter_of_an_hour(guesses: Guesses) -> None:
    assert await checked(guesses, STRANGER, 0) == 7
    assert await wait(guesses, STRANGER, 1) == 59
    assert await checked(guesses, STRANGER, 60) == 2
    assert await wait(guesses, STRANGER, 61) == 239
    assert await checked(guesses, STRANGER, 300) == 1
    assert await wait(guesses, STRANGER, 301) == 599
    assert await checked(guesses, STRANGER, 899) == 0
    assert await checked(guesses, STRANGER, 900) == 7


async def test_all_addresses_count_together_for_an_account(guesses: Guesses) -> None:
    total = 0
    for step in range(300):
        subject = replace(STRANGER, network=f"198.51.100.{step % 250}")
        total += await wait(guesses, subject, step * 3) == 0

    assert total == 10


async def test_the_owner_has_an_allowance_of_their_own(guesses: Guesses) -> None:
    assert await checked(guesses, STRANGER, 0) == 7

    known = replace(STRANGER, is_known=True)
    assert await checked(guesses, known, 0) == 7
    assert await checked(guesses, replace(known, network="192.0.2.2"), 0) == 7
    assert await checked(guesses, replace(known, session=7), 0) == 7


async def test_a_network_and_the_service_make_so_many_guesses_of_all_accounts(guesses: Guesses) -> None:
    def of_account(number: int, network: str) -> Subject:
        return Subject(account=("username", str(number)), network=network)

    here = [await wait(guesses, of_account(number, "192.0.2.1"), 0) for number in range(40)]
    there = [await wait(guesses, of_account(number, "192.0.2.2"), 0) for number in range(40, 80)]
    links = await wait(guesses, Subject(account=(), network="192.0.2.3"), 0)

    assert (here.count(0), here[30:]) == (30, [900] * 10)
    assert (there.count(0), there[20:]) == (20, [900] * 20)
    assert links == 900
    assert await wait(guesses, replace(of_account(81, "192.0.2.1"), is_known=True), 0) == 0


async def test_what_was_right_counts_no_more(guesses: Guesses) -> None:
    for _ in range(100):
        async with guesses.counted(STRANGER, now=NOW) as attempt:
            await guesses.take_back(attempt)

    assert await checked(guesses, STRANGER, 0) == 7


class Burst:
    """Guesses that begin together; the first of them are checked once as many are as may be at once."""

    def __init__(self, guesses: Guesses) -> None:
        self._guesses = guesses
        self._full = asyncio.Event()
        self.checked = 0
        self.at_once = 0
        self._checking = 0

    async def guess(self, *, is_right: bool) -> bool:
        """Whether a guess was checked."""
        try:
            async with self._guesses.counted(STRANGER, now=NOW) as attempt:
                self.checked += 1
                self._checking += 1
                self.at_once = max(self.at_once, self._checking)
                if self._checking == 7:
                    self._full.set()
                await self._full.wait()
                self._checking -= 1
                if is_right:
                    await self._guesses.take_back(attempt)
        except TooManyRequests:
            return False
        return True


async def test_many_right_guesses_at_once_are_all_checked_some_at_a_time(guesses: Guesses) -> None:
    burst = Burst(guesses)

    done = await asyncio.gather(*(burst.guess(is_right=True) for _ in range(20)))

    assert done == [True] * 20
    assert burst.at_once == 7
    assert await checked(guesses, STRANGER, 0) == 7


async def test_of_many_wrong_guesses_at_once_no_more_are_checked_than_one_after_the_other(guesses: Guesses) -> None:
    burst = Burst(guesses)

    done = await asyncio.gather(*(burst.guess(is_right=False) for _ in range(100)))

    assert (done.count(True), burst.checked) == (7, 7)
    assert await wait(guesses, STRANGER, 0) == 60


async def test_whoever_waits_for_others_and_goes_away_is_forgotten(guesses: Guesses) -> None:
    async with AsyncExitStack() as checking:
        for _ in range(7):
            await checking.enter_async_context(guesses.counted(STRANGER, now=NOW))
        gone = asyncio.create_task(wait(guesses, STRANGER, 0))
        waiting = asyncio.create_task(wait(guesses, STRANGER, 0))
        await asyncio.wait({gone, waiting}, timeout=0.1)
        gone.cancel()

    assert await waiting == 60
    assert gone.cancelled()


async def test_a_first_password_goes_on_counting_for_its_network(guesses: Guesses) -> None:
    for number in range(30):
        async with guesses.counted(replace(STRANGER, account=("user", str(number))), now=NOW) as attempt:
            await guesses.take_back(attempt, keeps_shared=True)

    assert await wait(guesses, replace(STRANGER, account=("user", "0")), 0) == 900
    assert await wait(guesses, replace(STRANGER, account=("user", "0"), network="192.0.2.2"), 0) == 0


async def test_a_clock_that_was_put_back_locks_nobody_out(guesses: Guesses) -> None:
    assert await checked(guesses, STRANGER, 86_400) == 7

    assert await checked(guesses, STRANGER, 0) == 7


@pytest.mark.redis
async def test_processes_share_their_counts(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()
    one, other = [Guesses(SECRET, redis_url=redis_url, per_network=30, per_service=50) for _ in range(2)]

    assert [await wait(guesses, STRANGER, 0) for guesses in (one, other) * 4] == [0] * 7 + [60]

    for guesses in (one, other):
        await guesses.close()


@pytest.mark.redis
async def test_redis_learns_no_identifier_and_forgets_by_itself(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.flushall()
        guesses = Guesses(SECRET, redis_url=redis_url, per_network=30, per_service=50)
        async with guesses.counted(STRANGER, now=NOW):
            pass
        await guesses.close()

        names = [name.decode() for name in client.keys("*")]
        assert len(names) == 3
        assert not any("zhang" in name or "192.0.2.1" in name for name in names)
        assert all(0 < client.ttl(name) <= 900 for name in names)


async def test_without_redis_a_process_counts_for_itself() -> None:
    guesses = Guesses(SECRET, redis_url=f"redis://127.0.0.1:{free_port()}", per_network=30, per_service=50)

    assert await checked(guesses, STRANGER, 0, tries=10) == 7
    await guesses.close()


@pytest.mark.parametrize(
    ("client", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
        ("x" * 300, "x" * 64),
    ],
)
def test_the_network_of_a_client(client: str, network: str) -> None:
    assert network_of(client) == network

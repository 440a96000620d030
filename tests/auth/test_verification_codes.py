"""Verification codes: who can redeem which, how often and for how long."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, select

from auth.verification_codes import VerificationCodes
from models.db import Database
from models.errors import WrongCode
from models.identity import CodePurpose, CredentialKind, User, VerificationCode
from models.statements import table_of
from resolvers.scope import Services
from tests.support.clients import MORNING, Clock

ADDRESS = "zhang@example.com"
CODES = table_of(VerificationCode)


@dataclass
class Desk:
    """Makes and redeems codes for one address, unless a test says otherwise."""

    codes: VerificationCodes
    database: Database
    clock: Clock
    user_id: int

    async def create(self, **changes: Any) -> str:
        async with self.database.transaction() as transaction:
            return await self.codes.create(transaction, **self.identity(**changes))

    async def redeem(self, code: str, **changes: Any) -> None:
        """Check the code, then use it in a transaction, as an operation does."""
        code_id = await self.codes.check(code=code, **self.identity(**changes))
        async with self.database.transaction() as transaction:
            await self.codes.use(transaction, code_id, now=self.clock.now)

    async def is_refused(self, code: str, **changes: Any) -> bool:
        try:
            await self.redeem(code, **changes)
        except WrongCode as refusal:
            return refusal.field == "code"
        return False

    def identity(self, **changes: Any) -> dict[str, Any]:
        usual = {
            "purpose": CodePurpose.RESET_PASSWORD,
            "kind": CredentialKind.EMAIL,
            "address": ADDRESS,
            "user_id": self.user_id,
            "now": self.clock.now,
        }
        return {**usual, **changes}


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.fixture
async def desk(services: Services, clock: Clock) -> Desk:
    users = table_of(User)
    async with services.database.transaction() as transaction:
        user_id = await transaction.fetch_value(
            insert(users).returning(users.c.id), {"name": "张三", "created_at": MORNING, "updated_at": MORNING}
        )
    return Desk(services.codes, services.database, clock, user_id)


async def test_a_code_is_six_digits_and_good_once(desk: Desk) -> None:
    code = await desk.create()

    assert len(code) == 6
    assert code.isascii()
    assert code.isdecimal()
    await desk.redeem(code)
    assert await desk.is_refused(code)


async def test_twenty_redeem_at_once_and_one_succeeds(desk: Desk) -> None:
    code = await desk.create()

    refused = await asyncio.gather(*(desk.is_refused(code) for _ in range(20)))

    assert sorted(refused) == [False] + [True] * 19


async def test_four_wrong_tries_are_forgiven(desk: Desk) -> None:
    code = await desk.create()

    assert [await desk.is_refused(other_than(code)) for _ in range(4)] == [True] * 4
    await desk.redeem(code)


async def test_after_five_wrong_tries_the_right_code_is_refused(desk: Desk) -> None:
    code = await desk.create()

    assert [await desk.is_refused(other_than(code)) for _ in range(5)] == [True] * 5
    assert await desk.is_refused(code)


async def test_guessing_in_parallel_has_five_tries_too(desk: Desk, services: Services) -> None:
    code = await desk.create()

    await asyncio.gather(*(desk.is_refused(other_than(code)) for _ in range(20)))

    assert await services.database.fetch_value(select(CODES.c.tries)) == 5
    assert await desk.is_refused(code)


@pytest.mark.parametrize(
    "garbage", ["", " ", "12345", "1234567", "１２３４５６", "\ud800", "\0", "a" * 100_000, "None"]
)
async def test_garbage_is_a_wrong_try(desk: Desk, services: Services, garbage: str) -> None:
    code = await desk.create()

    assert await desk.is_refused(garbage)

    assert await services.database.fetch_value(select(CODES.c.tries)) == 1
    await desk.redeem(code)


async def test_a_code_lives_five_minutes(desk: Desk, clock: Clock) -> None:
    early = await desk.create(address="early@example.com")
    late = await desk.create()

    clock.advance(minutes=4, seconds=59)
    await desk.redeem(early, address="early@example.com")
    clock.advance(seconds=1)
    assert await desk.is_refused(late)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"purpose": CodePurpose.LINK_CREDENTIAL},
        {"address": "li@example.com"},
        {"kind": CredentialKind.MOBILE},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_a_code_is_good_for_nothing_else(desk: Desk, elsewhere: dict[str, Any]) -> None:
    """Neither where there is no code, nor where there is another one, whose tries it does use up."""
    code = await desk.create()
    assert await desk.is_refused(code, **elsewhere)

    other = await desk.create(**elsewhere)
    if other != code:
        assert await desk.is_refused(code, **elsewhere)

    await desk.redeem(code)
    await desk.redeem(other, **elsewhere)


async def test_only_the_newest_code_counts(desk: Desk) -> None:
    older = await desk.create()
    newer = await desk.create()

    if older != newer:
        assert await desk.is_refused(older)
    await desk.redeem(newer)
    assert await desk.is_refused(older)


@pytest.mark.parametrize(("bound", "other"), [(True, False), (False, True)], ids=["somebody's", "nobody's"])
async def test_a_code_is_good_for_whom_it_was_made(desk: Desk, bound: bool, other: bool) -> None:
    """A user's code is not one for the address alone, nor the other way round; asking does not replace it."""
    users = {True: desk.user_id, False: None}
    code = await desk.create(user_id=users[bound])

    assert await desk.is_refused(code, user_id=users[other])
    await desk.create(user_id=users[other])

    await desk.redeem(code, user_id=users[bound])


async def test_a_code_is_not_used_up_by_an_operation_that_fails(desk: Desk) -> None:
    code = await desk.create()
    code_id = await desk.codes.check(code=code, **desk.identity())

    async def fail() -> None:
        async with desk.database.transaction() as transaction:
            await desk.codes.use(transaction, code_id, now=MORNING)
            raise RuntimeError("The operation fails.")

    with pytest.raises(RuntimeError):
        await fail()

    await desk.redeem(code)
    assert await desk.is_refused(code)


async def test_a_code_is_stored_as_a_hash_with_a_key(desk: Desk, services: Services) -> None:
    code = await desk.create()

    (row,) = await services.database.fetch(select(CODES))
    stored = row._mapping
    assert len(row.code_hash) == 64
    assert all(code not in str(stored[name]) for name in ("purpose", "kind", "address", "code_hash"))

    stranger = VerificationCodes(services.database, "another key")
    with pytest.raises(WrongCode):
        await stranger.check(code=code, **desk.identity())
    await desk.redeem(code)


async def test_the_same_code_has_another_hash_elsewhere(desk: Desk, services: Services) -> None:
    """Rows cannot be moved to another address, purpose or user: the hash holds them all."""
    code = await desk.create()
    async with services.database.transaction() as transaction:
        await transaction.execute(CODES.update().values(address="li@example.com"))

    assert await desk.is_refused(code, address="li@example.com")

"""A registration that nobody confirmed is not taken over: each link makes the account that it was mailed for."""

import asyncio
import re
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import func, select

from models.db import Database
from models.identity import User
from models.settings import Settings
from models.statements import table_of
from models.talent.recruiters import RecruiterRegistration
from resolvers.talent.recruiters import MAX_PENDING
from tests.schema.replies import done, refused
from tests.support.clients import Clock, Product
from tests.support.outbox import Outbox
from tests.support.recruiters import (
    COMPANY,
    EMAIL,
    PASSWORD,
    REGISTRATION,
    a_minute_later,
    post,
    registered,
    signed_in,
    token_in,
)

LOGIN, REGISTER = "/hr/login/", "/hr/register/"
SECOND = {"password": "other123", "company_name": "云杉数据", "phone": "13987654321"}
"""What somebody else registers for the same address."""
OPENED, DEAD = (200, False), (400, True)
COMPANY_OF_VIEWER = "{ viewer { recruiter { company { name } } } }"
ACTIVATE = """mutation($input: ActivateRecruiterInput!) { activateRecruiter(input: $input) {
  recruiter { company { name } } errors { code path message } } }"""
RESEND = """mutation($input: ResendActivationInput!) { resendActivation(input: $input) {
  accepted errors { code path message } } }"""


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


async def opened(product: Product, link: str) -> tuple[int, bool]:
    """The status of the page behind a link, and whether it calls the link dead."""
    response = await product.http.get(link)
    return response.status_code, "链接无效" in response.text


async def both(product: Product, outbox: Outbox, settings: Settings, clock: Clock) -> tuple[str, str]:
    """The links of two registrations of one address."""
    first = await registered(product, outbox)
    async with a_minute_later(settings, clock) as later:
        return first, await registered(later, outbox, **SECOND)


async def status(product: Product, password: str) -> str:
    return str((await post(product, LOGIN, username=EMAIL, password=password))["status"])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_the_link_that_is_opened_first_makes_its_account(
    product: Product, outbox: Outbox, settings: Settings, clock: Clock, database: Database, order: tuple[int, int]
) -> None:
    links = await both(product, outbox, settings, clock)
    passwords, companies = (PASSWORD, SECOND["password"]), (COMPANY, SECOND["company_name"])
    winner, other = order
    assert [await status(product, password) for password in passwords] == ["not_active", "not_active"]
    assert await status(product, "third123") == "form_error"

    assert await opened(product, links[winner]) == OPENED

    person = await signed_in(product, password=passwords[winner])
    viewer = (await product.data(COMPANY_OF_VIEWER, person=person))["viewer"]
    assert viewer["recruiter"]["company"]["name"] == companies[winner]
    assert await opened(product, links[other]) == DEAD
    assert await status(product, passwords[other]) == "form_error"
    assert await database.fetch_value(select(func.count()).select_from(table_of(RecruiterRegistration))) == 0


async def test_the_same_in_the_graph(product: Product, outbox: Outbox, settings: Settings, clock: Clock) -> None:
    first, second = await both(product, outbox, settings, clock)

    payload = await done(product, ACTIVATE, {"input": {"token": token_in(first)}})

    assert payload["recruiter"]["company"]["name"] == COMPANY
    assert await refused(product, ACTIVATE, {"input": {"token": token_in(second)}}) == [
        ("WRONG_CODE", ["input", "token"])
    ]


async def test_of_links_opened_at_once_one_makes_an_account(
    product: Product, outbox: Outbox, settings: Settings, clock: Clock, database: Database
) -> None:
    links = await both(product, outbox, settings, clock)
    users = select(func.count()).select_from(table_of(User))
    before = await database.fetch_value(users)

    pages = await asyncio.gather(*(opened(product, link) for link in links * 6))

    assert Counter(status for status, _ in pages) == {200: 1, 400: 11}
    assert await database.fetch_value(users) == before + 1


async def test_an_address_has_few_registrations_at_a_time(
    product: Product, outbox: Outbox, settings: Settings, clock: Clock
) -> None:
    first = await registered(product, outbox)
    clock.advance(hours=1)

    async def register(number: int) -> Any:
        later = await stack.enter_async_context(a_minute_later(settings, clock))
        return await later.http.post(REGISTER, data={**REGISTRATION, "password": f"other{number}"})

    async with AsyncExitStack() as stack:
        replies = await asyncio.gather(*(register(number) for number in range(6)))

    statuses = Counter(reply.json()["status"] for reply in replies)
    assert statuses == {"ok": MAX_PENDING - 1, "form_error": 6 - MAX_PENDING + 1}
    refusal = next(reply for reply in replies if reply.json()["status"] == "form_error")
    assert refusal.json()["msg"] == "请求过于频繁，请稍后再试"
    assert int(refusal.headers["retry-after"]) == 23 * 3600
    assert len(outbox.take()) == MAX_PENDING - 1
    clock.advance(hours=23)
    async with a_minute_later(settings, clock) as later:
        assert await opened(product, first) == DEAD
        assert await opened(product, await registered(later, outbox, **SECOND)) == OPENED


async def test_links_that_are_asked_for_again_all_stay_good(
    product: Product, outbox: Outbox, settings: Settings, clock: Clock
) -> None:
    first, second = await both(product, outbox, settings, clock)

    async with a_minute_later(settings, clock) as later:
        await done(later, RESEND, {"input": {"email": EMAIL}})
    text = outbox.text(EMAIL)
    mailed = re.findall(r"http://[^/\s]+(/activate-recruiter\?token=[\w-]+)", text)

    assert mailed == [first, second]
    assert re.findall(r"ends in (\d+)", text) == ["1234", "4321"]
    assert SECOND["company_name"] not in text
    assert await opened(product, first) == OPENED
    assert (await signed_in(product)).id

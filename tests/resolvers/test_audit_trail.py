"""The chain of audit events: what is written holds together, and what somebody did to it is found."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from models.audit import AuditEvent, AuditHead
from models.settings import Settings
from models.statements import table_of
from resolvers import audit, trail
from resolvers.scope import Scope, Services
from resolvers.sweeps import sweep
from resolvers.trail import Head, Verdict, verify
from tests.support.clients import MORNING, Clock, Product
from tests.support.statements import counted

EVENTS, HEADS = table_of(AuditEvent), table_of(AuditHead)
TIMES = {"created_at": MORNING, "updated_at": MORNING}
FORGED = {
    "actor_id": 1,
    "action": "grant_role",
    "subject_type": "User",
    "subject_id": 1,
    "details": {},
    "before": {},
    "after": {},
    "client": "",
    "request_id": "",
    **TIMES,
}


@pytest.fixture
async def services(product: Product, settings: Settings) -> AsyncIterator[Services]:
    """The services of a product whose trail has six events."""
    services = Services.from_settings(settings, product.clock)
    await add(services, 5)  # after the one about the first administrator
    yield services
    await services.close()


async def add(services: Services, count: int, *, subject: int = 7) -> None:
    for number in range(count):
        scope = Scope(services, now=services.clock(), client="192.0.2.1", request_id="abc")
        async with services.database.transaction() as scope.current_transaction:
            after = {"value": f"{number} 元"}
            await audit.record(scope, action="set", subject_type="Setting", subject_id=subject, after=after)


async def add_and_fail(services: Services) -> None:
    scope = Scope(services, now=services.clock())
    async with services.database.transaction() as scope.current_transaction:
        await audit.record(scope, action="set", subject_type="Setting", subject_id=1)
        raise RuntimeError


async def checked(services: Services, expected: Head | None = None) -> Verdict:
    return await verify(services.database, services.seals, expected=expected)


async def write(services: Services, *statements: Any) -> None:
    """Change the database as somebody does who has all rights in it."""
    async with services.database.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement) if isinstance(statement, str) else statement)


async def test_each_event_is_sealed_to_the_one_before(services: Services) -> None:
    rows = await services.database.fetch(select(EVENTS).order_by(EVENTS.c.id))

    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.previous_hash for row in rows] == ["", *(row.hash for row in rows[:-1])]
    assert {(row.client, row.request_id) for row in rows[1:]} == {("192.0.2.1", "abc")}
    assert await checked(services) == Verdict(Head(6, rows[-1].hash), [])


CHANGES: Sequence[Any] = (
    {"actor_id": 99},
    {"action": "unset"},
    {"subject_type": "User"},
    {"subject_id": 8},
    {"details": {"a": "b"}},
    {"before": {"value": "1 元"}},
    {"after": {"value": "9 元"}},
    {"client": "192.0.2.2"},
    {"request_id": "abd"},
    {"created_at": MORNING.replace(year=2027)},
    {"updated_at": MORNING.replace(year=2027)},
    {"hash": "0" * 64},
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
async def test_a_changed_event_is_found(services: Services, change: dict[str, Any]) -> None:
    await write(services, update(EVENTS).where(EVENTS.c.number == 3).values(**change))

    assert (await checked(services)).faults[0] == "Event 3 was changed, or was not written by the server."


@pytest.mark.parametrize(
    ("deeds", "faults"),
    [
        pytest.param(["DELETE FROM audit_events WHERE number = 3"], ["Event 3 is missing."], id="one of the middle"),
        pytest.param(
            ["DELETE FROM audit_events WHERE number IN (1, 2)"], ["Events 1 to 2 are missing."], id="the first"
        ),
        pytest.param(["DELETE FROM audit_events WHERE number > 4"], ["Events 5 to 6 are missing."], id="the last"),
        pytest.param(["DELETE FROM audit_events"], ["Events 1 to 6 are missing."], id="all"),
        pytest.param(
            [
                "DELETE FROM audit_events WHERE number = 3",
                "UPDATE audit_events SET number = number - 1 WHERE number > 3",
            ],
            [
                "Event 3 does not follow the one before it: that one was changed or replaced.",
                *(f"Event {number} was changed, or was not written by the server." for number in (3, 4, 5)),
                "Event 6 is missing.",
            ],
            id="one, and the gap closed",
        ),
        pytest.param(
            [insert(EVENTS).values(**FORGED)],
            ["1 events stand outside the chain: they were added by somebody else."],
            id="added beside the chain",
        ),
        pytest.param(
            [
                "UPDATE audit_events SET previous_hash = NULL, hash = NULL, number = 99 WHERE number = 6",
                "UPDATE audit_heads SET number = 6",
            ],
            [
                "Events 6 to 98 are missing.",
                "Event 99 was changed, or was not written by the server.",
                "Events after 6, where the chain ends, were added by somebody else.",
            ],
            id="moved away",
        ),
        pytest.param(
            [insert(EVENTS).values(**FORGED, number=7, previous_hash="x", hash="y" * 64)],
            [
                "Event 7 does not follow the one before it: that one was changed or replaced.",
                "Event 7 was changed, or was not written by the server.",
            ],
            id="added at the end, where the trigger takes it for the head",
        ),
    ],
)
async def test_missing_and_added_events_are_found(services: Services, deeds: Sequence[Any], faults: list[str]) -> None:
    await write(services, *deeds)

    assert list((await checked(services)).faults) == faults


async def test_an_end_cut_off_with_its_head_is_found_by_a_head_kept_elsewhere(services: Services) -> None:
    kept = (await checked(services)).head
    fourth = await services.database.fetch_value(select(EVENTS.c.hash).where(EVENTS.c.number == 4))
    await write(services, "DELETE FROM audit_events WHERE number > 4", update(HEADS).values(number=4, hash=fourth))

    assert (await checked(services)).faults == []  # this is what docs/security.md says that nothing else can tell
    assert (await checked(services, kept)).faults == [
        f"The chain does not contain the expected head {kept}: its end was cut off or replaced."
    ]
    await add(services, 3)
    assert len((await checked(services, kept)).faults) == 1


async def test_a_kept_head_stays_good_while_the_trail_grows(services: Services) -> None:
    kept = (await checked(services)).head
    await add(services, 2)

    assert await checked(services, kept) == Verdict((await trail.head(services.database)), [])
    assert await checked(services, Head(0, "")) == await checked(services)


async def test_without_its_head_nothing_is_added(services: Services) -> None:
    await write(services, "DELETE FROM audit_heads")

    with pytest.raises(trail.TrailBroken):
        await add(services, 1)


@pytest.mark.usefixtures("services")
async def test_another_key_seals_otherwise(settings: Settings, clock: Clock) -> None:
    others = settings.model_copy(update={"audit_key": type(settings.audit_key)("another")})
    stranger = Services.from_settings(others, clock)
    try:
        assert len((await checked(stranger)).faults) == 6
    finally:
        await stranger.close()


async def test_what_is_taken_back_leaves_no_event(services: Services) -> None:
    with pytest.raises(RuntimeError):
        await add_and_fail(services)

    verdict = await checked(services)
    assert (verdict.head.number, verdict.faults) == (6, [])


async def test_writers_of_several_processes_make_one_chain(
    services: Services, settings: Settings, clock: Clock
) -> None:
    others = [Services.from_settings(settings, clock) for _ in range(3)]
    await asyncio.gather(*(add(each, 10, subject=number) for number, each in enumerate(others) for _ in range(2)))
    for each in others:
        await each.close()

    verdict = await checked(services)
    assert (verdict.head.number, verdict.faults) == (66, [])


async def test_what_was_there_before_the_chain_is_chained_once(services: Services) -> None:
    await write(
        services,
        "UPDATE audit_events SET number = NULL, previous_hash = NULL, hash = NULL",
        update(HEADS).values(number=0, hash=""),
    )

    await asyncio.gather(*(trail.adopt(services.database, services.seals) for _ in range(3)))

    verdict = await checked(services)
    assert (verdict.head.number, verdict.faults) == (6, [])
    await write(services, insert(EVENTS).values(**FORGED))
    await trail.adopt(services.database, services.seals)
    assert (await checked(services)).faults == ["1 events stand outside the chain: they were added by somebody else."]


async def test_many_events_of_a_transaction_cost_two_statements(services: Services) -> None:
    scope = Scope(services, now=services.clock())
    with counted() as statements:
        async with services.database.transaction() as scope.current_transaction:
            await audit.record_all(
                scope, action="set", subject_type="Setting", subjects={number: {} for number in range(50)}
            )

    assert len(statements) == 2
    verdict = await checked(services)
    assert (verdict.head.number, verdict.faults) == (56, [])


async def test_events_go_in_their_order_at_the_end_of_their_term(
    services: Services, settings: Settings, clock: Clock
) -> None:
    heads = [(await checked(services)).head]
    clock.advance(days=365, seconds=1)
    await add(services, 2)
    heads.append((await checked(services)).head)
    with_term = Services.from_settings(settings.model_copy(update={"retention_audit_days": 365}), clock)

    async def numbers() -> list[int]:
        return [row.number for row in await services.database.fetch(select(EVENTS.c.number).order_by(EVENTS.c.number))]

    await sweep(services)
    assert await numbers() == [1, 2, 3, 4, 5, 6, 7, 8]
    await asyncio.gather(sweep(with_term), sweep(with_term))
    assert await numbers() == [7, 8]
    await add(services, 1)
    assert [(await checked(services, head)).faults for head in (None, *heads)] == [[], [], []]
    other = Head(5, "0" * 64)
    assert (await checked(services, other)).faults == [
        f"The chain does not contain the expected head {other}: it begins after event 6."
    ]
    clock.advance(days=366)
    for _ in range(2):
        await sweep(with_term)
    assert await numbers() == [9]
    assert (await checked(services)).faults == []
    await with_term.close()

    await write(services, "UPDATE settings SET value = replace(value, '8:', '7:') WHERE name = 'audit_start'")
    assert (await checked(services)).faults[:2] == [
        "The note of where the trail begins was changed, or was not written by the server.",
        "Event 8 is missing.",
    ]
    await write(services, "DELETE FROM settings WHERE name = 'audit_start'")
    assert (await checked(services)).faults == ["Events 1 to 8 are missing."]

"""What the tests of the developer platform share: projects, credits and the audit trail."""

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import select

from models.audit import AuditEvent
from models.db import Database, observing
from models.settings import Settings
from models.statements import table_of
from resolvers.scope import Scope, Services
from schema.engine.node_id import encode
from tests.support.clients import Clock, Person, Product
from tests.support.developers import PASSWORD

DETAILS = {
    "name": "工地安全：反光衣识别",
    "purchaseBudget": 2000,
    "introduction": "工地反光衣穿戴识别",
    "domain": 2,
    "researchDirection": 1,
    "level": 1,
    "deliveryAt": "2026-09-01T10:00:00+08:00",
}
CREATE_PROJECT = """mutation($input: CreateProjectInput!) { createProject(input: $input) {
  project { id databaseId status } errors { code message path }
} }"""
MOVE_PROJECT = """mutation($input: MoveProjectInput!) { moveProject(input: $input) {
  project { id status } errors { code message path }
} }"""
JOIN_PROJECT = """mutation($input: JoinProjectInput!) { joinProject(input: $input) {
  participation { id project { id } user { id } } errors { code path }
} }"""
CREATE_INSTANCE = """mutation($input: CreateInstanceInput!) { createInstance(input: $input) {
  instance { id databaseId name gpu cpu ram status creditsPerHour minutes consumed unpaid stoppedAt }
  errors { code path }
} }"""
MOVE_INSTANCE = """mutation($input: MoveInstanceInput!) { moveInstance(input: $input) {
  instance { id status minutes consumed unpaid stoppedAt } errors { code message path }
} }"""
STOP_INSTANCE = """mutation($input: StopInstanceInput!) { stopInstance(input: $input) {
  instance { id status minutes consumed unpaid stoppedAt } errors { code message path }
} }"""
GRANT_CREDITS = """mutation($input: AdjustCreditsInput!) { grantCredits(input: $input) { errors { code } } }"""
GRANT_EXPERIENCE = """mutation($input: GrantExperienceInput!) { grantExperience(input: $input) {
  user { developer { level } } errors { code path }
} }"""
BALANCE = """query($id: ID!) { node(id: $id) { ... on User { developer { credits {
  balance generalBalance dedicatedBalance entries(first: 100) { nodes { account change balanceAfter message rule } }
} } } } }"""
SET_PRICES = """mutation($input: SetPlatformPricesInput!) { setPlatformPrices(input: $input) {
  changed errors { code path }
} }"""


@asynccontextmanager
async def writing(settings: Settings, clock: Clock) -> AsyncIterator[Scope]:
    """A scope with a transaction, to call the business as a mutation would; nobody is signed in."""
    services = Services.from_settings(settings, clock)
    try:
        scope = Scope(services, now=clock())
        async with scope.begin():
            yield scope
    finally:
        await services.close()


OF_ACCOUNTS = ("create_administrator", "link_credential", "unlink_credential", "change_password")
"""What tests do on the way to what they test."""


async def audited(database: Database, subject_type: str) -> list[tuple[str, int | None, dict[str, str]]]:
    """What the audit trail says about objects of a type: the action, who did it, and the details.

    How people came to their accounts is left out.
    """
    events = table_of(AuditEvent)
    rows = await database.fetch(select(events).where(events.c.subject_type == subject_type).order_by(events.c.id))
    return [(row.action, row.actor_id, row.details) for row in rows if row.action not in OF_ACCOUNTS]


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements that run inside the block, whoever runs them."""
    statements: list[str] = []

    with observing(statements.append):
        yield statements


async def payload(product: Product, mutation: str, person: Person, **values: Any) -> dict[str, Any]:
    """The payload of a mutation that takes one input."""
    data = await product.data(mutation, {"input": values}, person=person)
    (found,) = data.values()
    return dict(found)


async def done(product: Product, mutation: str, person: Person, **values: Any) -> dict[str, Any]:
    """The payload of a mutation that takes effect, without its empty `errors`."""
    found = await payload(product, mutation, person, **values)
    assert found.pop("errors") == []
    return found


async def refused(product: Product, mutation: str, person: Person, **values: Any) -> list[str]:
    """The codes of a mutation that is refused; it shows nothing else."""
    found = await payload(product, mutation, person, **values)
    codes = [error["code"] for error in found.pop("errors")]
    assert codes
    assert set(found.values()) == {None}
    return codes


async def new_project(product: Product, administrator: Person, **details: Any) -> str:
    """A new project, open for registration; its id."""
    created = await done(product, CREATE_PROJECT, administrator, project={**DETAILS, **details})
    return str(created["project"]["id"])


async def moved_project(product: Product, administrator: Person, project: str, *statuses: str) -> None:
    """Move a project through these states."""
    for status in statuses:
        await done(product, MOVE_PROJECT, administrator, projectId=project, status=status)


async def granted(product: Product, administrator: Person, person: Person, amount: int, **more: Any) -> None:
    """Give credits to somebody."""
    values = {"userId": encode("User", person.id), "amount": amount, "message": "奖励", "key": uuid.uuid4().hex}
    await done(product, GRANT_CREDITS, administrator, **values, **more)


async def credits_of(product: Product, person: Person) -> dict[str, Any]:
    """The balances of somebody, and the entries, newest first."""
    data = await product.data(BALANCE, {"id": encode("User", person.id)}, person=person)
    found: dict[str, Any] = data["node"]["developer"]["credits"]
    return {**found, "entries": found["entries"]["nodes"]}


async def signed_in_again(product: Product, developer: Person) -> Person:
    """The developer with a new token: those of the platform live two hours."""
    login = await product.rest("POST", "/api/login", {"username": developer.account, "password": PASSWORD})
    return Person(developer.id, developer.account, login.json()["data"]["token_info"]["access_token"])

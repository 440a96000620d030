"""Contacts that are sold: the person is told, and a trial opens none before an administrator approved."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models.db import Database
from models.notifications import Notification
from models.settings import Environment, Settings
from models.signing.companies import Company
from models.statements import table_of
from models.talent.recommendations import AcquiredContact
from models.talent.recruiters import Recruiter
from schema.engine.node_id import encode
from server import create_app
from tests.schema.replies import top_level
from tests.support.clients import Clock, Person, Product, running
from tests.support.feeds import candidate, named, new_feed, new_recruiter, recommended
from tests.support.platform import audited, done, payload, refused

ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { resume { contact { name } } } errors { code message path } } }"""
APPROVE = """mutation($input: ApproveRecruiterInput!) { approveRecruiter(input: $input) {
  recruiter { approvedAt } errors { code message path } } }"""
GRANT = """mutation($input: GrantPackageInput!) { grantPackage(input: $input) {
  package { id } errors { code message path } } }"""
WAITING = "{ recruiters(filter: {approved: false}) { nodes { id user { databaseId } } } }"
TOLD = """{ viewer { notifications { nodes { kind text subject { ... on Resume { databaseId } } } } } }"""


@pytest.fixture
async def strict(settings: Settings, clock: Clock, product: Product) -> AsyncIterator[Product]:
    """The same product as production is by default: trials await an approval."""
    changed = settings.model_copy(update={"trial_approval": True})
    async with running(create_app(changed, clock), clock, product.url) as started:
        yield started


async def hunt(product: Product, database: Database, settings: Settings) -> tuple[Person, Person, dict[str, str]]:
    """A recruiter with a trial, a candidate who was recommended, and the input that names that."""
    recruiter = await new_recruiter(product, settings)
    feed = await new_feed(product, recruiter)
    person, resume = await candidate(product)
    await recommended(database, product.clock, feed, resume)
    return recruiter, person, named(feed, resume)


async def notifications_of(product: Product, person: Person) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await product.data(TOLD, person=person))["viewer"]["notifications"]["nodes"]
    return nodes


async def recruiter_id(product: Product, recruiter: Person) -> str:
    nodes = (await product.data(WAITING, person=await product.administrator()))["recruiters"]["nodes"]
    return next(str(node["id"]) for node in nodes if node["user"]["databaseId"] == recruiter.id)


async def test_the_person_is_told_once_a_sale(product: Product, database: Database, settings: Settings) -> None:
    recruiter, person, sale = await hunt(product, database, settings)
    other, _, _ = await hunt(product, database, settings)

    found = await asyncio.gather(*(payload(product, ACQUIRE, recruiter, **sale) for _ in range(4)))
    await done(product, ACQUIRE, recruiter, **sale)

    assert [entry["errors"] for entry in found] == [[]] * 4
    (told,) = await notifications_of(product, person)
    resume = (await product.data("{ viewer { resume { databaseId } } }", person=person))["viewer"]["resume"]
    assert told == {
        "kind": "CONTACT_ACQUIRED",
        "text": "A recruiter acquired your contact: they see the name, telephone number, QQ number and e-mail address"
        " that your resume tells, until you make it secret.",
        "subject": resume,
    }
    assert await refused(product, ACQUIRE, other, **sale) == ["NOT_FOUND"]
    assert len(await notifications_of(product, person)) == 1


async def test_the_person_is_told_for_which_company(product: Product, database: Database, settings: Settings) -> None:
    recruiter, person, sale = await hunt(product, database, settings)
    now = product.clock.now
    company = Company(name="青禾软件", created_at=now, updated_at=now).model_dump(exclude={"id"})
    async with database.transaction() as transaction:
        number = await transaction.fetch_value(table_of(Company).insert().returning(table_of(Company).c.id), company)
        await transaction.execute(update(table_of(Recruiter)).values(company_id=number))

    await done(product, ACQUIRE, recruiter, **sale)

    (told,) = await notifications_of(product, person)
    assert told["text"].startswith("A recruiter of 青禾软件 acquired your contact")


async def test_a_trial_opens_no_contact_before_the_approval(
    strict: Product, database: Database, settings: Settings
) -> None:
    recruiter, person, sale = await hunt(strict, database, settings)

    assert await refused(strict, ACQUIRE, recruiter, **sale) == ["AWAITING_APPROVAL"]
    assert await database.fetch_value(select(func.count()).select_from(table_of(AcquiredContact))) == 0
    assert await notifications_of(strict, person) == []
    wanted, administrator = await recruiter_id(strict, recruiter), await strict.administrator()
    reply = await strict.graphql(APPROVE, {"input": {"recruiterId": wanted}}, person=recruiter)
    assert top_level(reply) == [("FORBIDDEN", ["approveRecruiter"])]

    found = await asyncio.gather(*(payload(strict, APPROVE, administrator, recruiterId=wanted) for _ in range(5)))

    codes = sorted(error["code"] for entry in found for error in entry["errors"])
    assert codes == ["MOVE_NOT_ALLOWED"] * 4
    assert await audited(database, "Recruiter") == [("approve_recruiter", administrator.id, {})]
    assert [told["kind"] for told in await notifications_of(strict, recruiter)] == ["RECRUITER_APPROVED"]
    acquired = await done(strict, ACQUIRE, recruiter, **sale)
    assert acquired["recommendation"]["resume"]["contact"] == {"name": "赵一鸣"}
    unknown = encode("Recruiter", 2**53 - 1)
    assert await refused(strict, APPROVE, administrator, recruiterId=unknown) == ["NOT_FOUND"]


async def test_a_package_that_an_administrator_granted_needs_no_approval(
    strict: Product, database: Database, settings: Settings
) -> None:
    recruiter, _, sale = await hunt(strict, database, settings)
    expires = (strict.clock.now + timedelta(days=30)).isoformat()
    package = {"userId": encode("User", recruiter.id), "name": "VIP", "feeds": 1, "contacts": 1, "expiresAt": expires}

    await done(strict, GRANT, await strict.administrator(), **package)

    assert (await done(strict, ACQUIRE, recruiter, **sale))["recommendation"] is not None
    assert await database.fetch_value(select(func.count()).select_from(table_of(Notification))) == 1


@pytest.mark.parametrize(
    ("environment", "asked", "expected"),
    [
        (Environment.PRODUCTION, None, True),
        (Environment.DEVELOPMENT, None, False),
        (Environment.PRODUCTION, False, False),
        (Environment.DEVELOPMENT, True, True),
        (Environment.PRODUCTION, "", True),
    ],
)
def test_production_asks_for_the_approval(environment: Environment, asked: Any, expected: bool) -> None:
    settings = Settings(_env_file=None, environment=environment, trial_approval=asked)  # type: ignore[call-arg]

    assert settings.reviews_trials is expected

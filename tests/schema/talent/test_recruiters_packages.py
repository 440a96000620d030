"""Packages in the graph: administrators grant and change them, and recruiters see their own."""

from typing import Any

import pytest

from models.db import Database
from models.settings import Settings
from schema.engine.node_id import encode
from tests.schema.replies import done, refused, top_level, user_id
from tests.support.clients import Person, Product
from tests.support.feeds import CREATE, FEED
from tests.support.outbox import Outbox
from tests.support.platform import audited
from tests.support.recruiters import activated

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

GRANT = """mutation($input: GrantPackageInput!) { grantPackage(input: $input) {
  package { id name isTrial feeds feedsUsed contacts contactsUsed expiresAt hasExpired recruiter { user { id } } }
  errors { code message path } } }"""
UPDATE = """mutation($input: UpdatePackageInput!) { updatePackage(input: $input) {
  package { name feeds contacts expiresAt hasExpired } errors { code message path } } }"""
SHOWN = """{ viewer { recruiter { restFeeds restContacts isVip
  packages { totalCount nodes { id name hasExpired } } } } }"""
YEAR = {"name": "年度套餐", "feeds": 10, "contacts": 200, "expiresAt": "2027-03-02T00:00:00+08:00"}


@pytest.fixture
async def recruiter(product: Product, settings: Settings) -> Person:
    return await activated(product, Outbox(settings.data_dir))


def of(**values: Any) -> dict[str, Any]:
    return {"input": values}


async def shown(product: Product, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await product.data(SHOWN, person=person))["viewer"]["recruiter"]
    return found


async def granted(product: Product, recruiter: Person) -> str:
    """A package for a year; its id."""
    payload = await done(product, GRANT, of(userId=user_id(recruiter), **YEAR), person=await product.administrator())
    return str(payload["package"]["id"])


async def test_a_package_that_an_administrator_grants(product: Product, recruiter: Person, database: Database) -> None:
    administrator = await product.administrator()

    payload = await done(product, GRANT, of(userId=user_id(recruiter), **YEAR), person=administrator)

    package = payload["package"]
    assert package.pop("id")
    assert package == {
        "name": "年度套餐",
        "isTrial": False,
        "feeds": 10,
        "feedsUsed": 0,
        "contacts": 200,
        "contactsUsed": 0,
        "expiresAt": "2027-03-01T16:00:00+00:00",
        "hasExpired": False,
        "recruiter": {"user": {"id": user_id(recruiter)}},
    }
    found = await shown(product, recruiter)
    assert (found["restFeeds"], found["restContacts"], found["isVip"]) == (13, 220, True)
    assert [node["name"] for node in found["packages"]["nodes"]] == ["年度套餐", "试用"]
    assert [event[:2] for event in await audited(database, "Package")] == [("grant_package", administrator.id)]


async def test_a_package_is_extended_enlarged_and_ended(
    product: Product, recruiter: Person, database: Database
) -> None:
    package, administrator = await granted(product, recruiter), await product.administrator()

    later = of(packageId=package, expiresAt="2028-01-01T00:00:00Z", feeds=11, contacts=0, name="新套餐")
    changed = await done(product, UPDATE, later, person=administrator)
    kept = await done(product, UPDATE, of(packageId=package), person=administrator)

    assert changed["package"] == {
        "name": "新套餐",
        "feeds": 11,
        "contacts": 0,
        "expiresAt": "2028-01-01T00:00:00+00:00",
        "hasExpired": False,
    }
    assert kept == changed
    found = await shown(product, recruiter)
    assert (found["restFeeds"], found["restContacts"], found["isVip"]) == (14, 20, True)
    ended = await done(product, UPDATE, of(packageId=package, expiresAt="2020-01-01T00:00:00Z"), person=administrator)
    assert ended["package"]["hasExpired"] is True
    assert ended["package"]["expiresAt"] == product.clock.now.isoformat()
    found = await shown(product, recruiter)
    assert (found["restFeeds"], found["restContacts"], found["isVip"]) == (3, 20, False)
    actions = [event[0] for event in await audited(database, "Package")]
    assert actions == ["grant_package", *["update_package"] * 3]


async def test_no_less_than_is_used(product: Product, recruiter: Person, database: Database) -> None:
    package, administrator = await granted(product, recruiter), await product.administrator()
    for _ in range(2):
        await done(product, CREATE, of(feed=FEED), person=recruiter)
    before = await audited(database, "Package")

    assert await refused(product, UPDATE, of(packageId=package, feeds=1), person=administrator) == [
        ("INVALID_INPUT", ["input", "feeds"])
    ]
    assert await audited(database, "Package") == before
    assert (await done(product, UPDATE, of(packageId=package, feeds=2), person=administrator))["package"]["feeds"] == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("name", value) for value in ("", "x" * 65, "a\0b")),
        *(("feeds", value) for value in (-1, 1001, 2**31 - 1)),
        *(("contacts", value) for value in (-1, 100_001)),
        ("expiresAt", "2027-01-01T00:00:00"),
        ("expiresAt", "2099-01-01T00:00:00Z"),
        ("expiresAt", "9999-12-30T00:00:00Z"),
    ],
)
async def test_what_no_package_has(product: Product, recruiter: Person, field: str, value: Any) -> None:
    package, administrator = await granted(product, recruiter), await product.administrator()
    before = await shown(product, recruiter)
    fault = [("INVALID_INPUT", ["input", field])]

    new = of(userId=user_id(recruiter), **{**YEAR, field: value})
    assert await refused(product, GRANT, new, person=administrator) == fault
    assert await refused(product, UPDATE, of(packageId=package, **{field: value}), person=administrator) == fault
    assert await shown(product, recruiter) == before


async def test_a_package_that_has_ended_already_is_not_granted(product: Product, recruiter: Person) -> None:
    ended = {**YEAR, "expiresAt": product.clock.now.isoformat()}

    refusal = await refused(
        product, GRANT, of(userId=user_id(recruiter), **ended), person=await product.administrator()
    )

    assert refusal == [("INVALID_INPUT", ["input", "expiresAt"])]


async def test_who_gets_no_package_and_who_grants_none(product: Product, recruiter: Person) -> None:
    student, package = await product.student(), await granted(product, recruiter)
    administrator = await product.administrator()

    for user in (user_id(student), encode("User", 2**53 - 1), encode("User", -1)):
        assert await refused(product, GRANT, of(userId=user, **YEAR), person=administrator) == [
            ("NOT_FOUND", ["input", "userId"])
        ]
    unknown = of(packageId=encode("Package", 2**53 - 1), feeds=1)
    assert await refused(product, UPDATE, unknown, person=administrator) == [("NOT_FOUND", ["input", "packageId"])]
    for bad in ("", "x", user_id(recruiter)):
        assert await refused(product, UPDATE, of(packageId=bad, feeds=1), person=administrator) == [
            ("INVALID_INPUT", ["input", "packageId"])
        ]
    for mutation, field, values in (
        (GRANT, "grantPackage", {"userId": user_id(recruiter), **YEAR}),
        (UPDATE, "updatePackage", {"packageId": package, "feeds": 1000}),
    ):
        assert top_level(await product.graphql(mutation, of(**values), person=recruiter)) == [("FORBIDDEN", [field])]
        assert top_level(await product.graphql(mutation, of(**values))) == [("UNAUTHENTICATED", [field])]
    assert (await shown(product, recruiter))["packages"]["totalCount"] == 2


async def test_others_do_not_see_a_package(product: Product, recruiter: Person) -> None:
    package = await granted(product, recruiter)
    query = f'{{ node(id: "{package}") {{ ... on Package {{ feeds }} }} }}'

    assert top_level(await product.graphql(query, person=await product.student())) == [("FORBIDDEN", ["node", "feeds"])]
    assert await product.data(query, person=recruiter) == {"node": {"feeds": 10}}


async def test_packages_end_by_themselves(product: Product, recruiter: Person) -> None:
    """The recruiter's session lives sixty days, their trial thirty."""
    product.clock.advance(days=30)

    found = await shown(product, recruiter)

    assert (found["restFeeds"], found["restContacts"], found["isVip"]) == (0, 0, False)
    assert [node["hasExpired"] for node in found["packages"]["nodes"]] == [True]

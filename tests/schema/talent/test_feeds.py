"""Feeds in the graph: their form, their place in a package, and who sees them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import MatchingTask
from models.talent.recruiters import Package
from schema.engine.node_id import encode
from tests.schema.replies import refused as refusals
from tests.schema.replies import top_level
from tests.support.clients import Person, Product
from tests.support.feeds import CREATE, FEED, new_feed, new_recruiter
from tests.support.platform import done, payload, refused

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

UPDATE = """mutation($input: UpdateFeedInput!) { updateFeed(input: $input) {
  feed { id title keywords category acceptsPartners } errors { code message path }
} }"""
VIEW = """mutation($input: ViewFeedInput!) { viewFeed(input: $input) {
  feed { isIdle viewedAt } errors { code message path }
} }"""
DELETE = """mutation($input: DeleteFeedInput!) { deleteFeed(input: $input) {
  deletedId errors { code message path }
} }"""
FEEDS = """{ viewer { feeds(first: 100) { totalCount nodes {
  databaseId title jobDescription skillRequired salaryMin salaryMax keywords areas welfare levels
  companyPreferences { number name } domains { number name } companyDomains { number } category acceptsPartners
  isCalculated isIdle hasEnded recommendationCount unreadCount deletedAt user { databaseId }
} } } }"""
WHOLE = {
    **FEED,
    "skillRequired": "SQL",
    "areas": ["北京", "上海"],
    "welfare": ["不加班", "不打卡"],
    "levels": ["INTERMEDIATE", "SENIOR"],
    "companyPreferences": [2],
    "domains": [7],
    "companyDomains": [7, 14],
    "category": "INTERNSHIP",
    "acceptsPartners": True,
}


async def feeds(product: Product, person: Person) -> list[dict[str, Any]]:
    data = await product.data(FEEDS, person=person)
    connection = data["viewer"]["feeds"]
    assert connection["totalCount"] == len(connection["nodes"])
    return list(connection["nodes"])


async def used(database: Database) -> list[int]:
    packages = table_of(Package)
    return [row.feeds_used for row in await database.fetch(select(packages).order_by(packages.c.id))]


async def stored(database: Database) -> list[Any]:
    table = table_of(Feed)
    return list(await database.fetch(select(table).order_by(table.c.id)))


async def waiting(database: Database) -> list[tuple[str, int]]:
    table = table_of(MatchingTask)
    return [(row.kind, row.subject_id) for row in await database.fetch(select(table).order_by(table.c.id))]


async def test_a_feed_says_what_was_typed(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    number = await new_feed(product, person, **WHOLE)

    assert await feeds(product, person) == [
        {
            **{name: value for name, value in WHOLE.items() if name not in {"companyPreferences", "domains"}},
            "databaseId": number,
            "companyPreferences": [{"number": 2, "name": "知名外企人才"}],
            "domains": [{"number": 7, "name": "O2O"}],
            "companyDomains": [{"number": 7}, {"number": 14}],
            "isCalculated": False,
            "isIdle": False,
            "hasEnded": False,
            "recommendationCount": 0,
            "unreadCount": 0,
            "deletedAt": None,
            "user": {"databaseId": person.id},
        }
    ]
    assert await used(database) == [1]
    assert ("feed", number) in await waiting(database)


async def test_texts_are_trimmed_and_nothing_stands_twice(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    await new_feed(
        product,
        person,
        title="  Python开发 ",
        keywords=[" python", "", "python ", "go"],
        levels=["SENIOR", "SENIOR"],
        domains=[7, 7],
        areas=["北京", "北京"],
    )

    (found,) = await feeds(product, person)
    assert found["title"] == "Python开发"
    assert found["keywords"] == ["python", "go"]
    assert found["levels"] == ["SENIOR"]
    assert [entry["number"] for entry in found["domains"]] == [7]
    assert found["areas"] == ["北京"]
    assert found["category"] == "FULL_TIME"
    assert found["acceptsPartners"] is False


SALARIES: Sequence[tuple[tuple[int, int], list[str]]] = [
    ((3000, 5000), []),
    ((1000, 2000), []),
    ((500_000, 1_000_000), []),
    ((0, 1_000_000), []),
    ((999, 1500), ["salaryMin"]),
    ((3000, 6001), ["salaryMax"]),
    ((3000, 2999), ["salaryMax"]),
    ((1_000_000, 1_000_001), ["salaryMax"]),
    ((0, 999_999), ["salaryMin"]),
    ((0, 0), ["salaryMin", "salaryMax"]),
    ((-1, 2_147_483_647), ["salaryMin", "salaryMax"]),
]


async def test_the_range_of_salaries(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings, feeds=len(SALARIES))
    accepted = 0

    for (low, high), fields in SALARIES:
        found = await payload(product, CREATE, person, feed={**FEED, "salaryMin": low, "salaryMax": high})
        assert [error["path"] for error in found["errors"]] == [["input", "feed", field] for field in fields]
        accepted += not fields
        assert await used(database) == [len(await stored(database))] == [accepted]


FAULTS: Sequence[tuple[dict[str, Any], str]] = [
    ({"title": " "}, "title"),
    ({"title": "职" * 65}, "title"),
    ({"title": "a\0b"}, "title"),
    ({"jobDescription": ""}, "jobDescription"),
    ({"jobDescription": "职" * 1001}, "jobDescription"),
    ({"skillRequired": "职" * 1001}, "skillRequired"),
    ({"keywords": []}, "keywords"),
    ({"keywords": ["", " "]}, "keywords"),
    ({"keywords": [f"k{number}" for number in range(16)]}, "keywords"),
    ({"keywords": ["k" * 65]}, "keywords"),
    ({"areas": ["城" * 33]}, "areas"),
    ({"areas": [f"城{number}" for number in range(51)]}, "areas"),
    ({"welfare": ["福" * 33]}, "welfare"),
    ({"companyPreferences": [999]}, "companyPreferences"),
    ({"companyPreferences": list(range(51))}, "companyPreferences"),
    ({"domains": [0]}, "domains"),
    ({"domains": [2_147_483_647]}, "domains"),
    ({"companyDomains": [-7]}, "companyDomains"),
]


async def test_what_a_form_may_not_hold(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    for fault, field in FAULTS:
        found = await refusals(product, CREATE, {"input": {"feed": {**FEED, **fault}}}, person=person)
        assert found == [("INVALID_INPUT", ["input", "feed", field])], fault

    assert await stored(database) == []
    assert await used(database) == [0]


async def test_the_longest_form_is_accepted(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    await new_feed(
        product,
        person,
        title="职" * 64,
        jobDescription="职" * 1000,
        skillRequired="职" * 1000,
        keywords=[f"{number:064}" for number in range(15)],
        areas=["城" * 32],
    )

    assert len(await feeds(product, person)) == 1


async def test_all_faults_are_told_at_once(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    faults = {
        "title": "",
        "jobDescription": "",
        "salaryMin": 1,
        "salaryMax": 2,
        "keywords": ["k"] * 16,
        "areas": ["城" * 33],
        "domains": [999],
    }

    found = await refusals(product, CREATE, {"input": {"feed": faults}}, person=person)

    assert found == [("INVALID_INPUT", ["input", "feed", field]) for field in faults]


async def test_without_a_place_in_a_package_there_is_no_feed(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings, feeds=1)
    await new_feed(product, person)

    assert await refused(product, CREATE, person, feed=FEED) == ["QUOTA_EXHAUSTED"]

    assert len(await stored(database)) == 1
    assert await used(database) == [1]


async def test_an_ended_package_allows_no_feed(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings, days=1)
    await new_feed(product, person)
    product.clock.advance(hours=23)
    assert not (await feeds(product, person))[0]["hasEnded"]
    product.clock.advance(hours=1)

    assert await refused(product, CREATE, person, feed=FEED) == ["QUOTA_EXHAUSTED"]

    assert (await feeds(product, person))[0]["hasEnded"]


async def test_of_feeds_ordered_at_once_only_so_many_come_as_the_package_allows(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings, feeds=2)

    found = await asyncio.gather(*(payload(product, CREATE, person, feed=FEED) for _ in range(5)))

    assert sorted(bool(entry["feed"]) for entry in found) == [False] * 3 + [True] * 2
    assert len(await stored(database)) == 2
    assert await used(database) == [2]


async def test_a_changed_feed_keeps_what_was_not_said(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    number = await new_feed(product, person, **WHOLE)

    changed = await done(
        product, UPDATE, person, feedId=encode("Feed", number), feed={**FEED, "title": "Go开发", "keywords": ["go"]}
    )

    assert changed["feed"] == {
        "id": encode("Feed", number),
        "title": "Go开发",
        "keywords": ["go"],
        "category": "INTERNSHIP",
        "acceptsPartners": True,
    }
    (found,) = await feeds(product, person)
    assert (found["areas"], found["levels"], found["domains"]) == ([], [], [])
    assert await used(database) == [1]


async def test_an_entry_that_is_not_offered_any_more_may_stay(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    number = await new_feed(product, person, domains=[7])
    save = """mutation($input: SaveDictionaryEntryInput!) { saveDictionaryEntry(input: $input) {
      entry { number } errors { code }
    } }"""
    administrator = await product.administrator()
    await done(product, save, administrator, kind="JOB_DOMAIN", number=7, enabled=False)
    update = {"feedId": encode("Feed", number)}

    await done(product, UPDATE, person, **update, feed={**FEED, "domains": [7, 14]})

    assert await refused(product, CREATE, person, feed={**FEED, "domains": [7]}) == ["INVALID_INPUT"]
    await done(product, UPDATE, person, **update, feed={**FEED, "domains": [14]})
    assert await refused(product, UPDATE, person, **update, feed={**FEED, "domains": [7]}) == ["INVALID_INPUT"]


async def test_a_refused_change_changes_nothing(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    number = await new_feed(product, person, **WHOLE)
    before = await stored(database)

    assert await refused(product, UPDATE, person, feedId=encode("Feed", number), feed={**FEED, "title": ""}) == [
        "INVALID_INPUT"
    ]

    assert await stored(database) == before


@pytest.mark.parametrize("number", ["foreign", "unknown", "deleted"])
async def test_what_is_not_ones_own_is_not_found(
    product: Product, database: Database, settings: Settings, number: str
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    foreign, deleted = await new_feed(product, other), await new_feed(product, person)
    await done(product, DELETE, person, feedId=encode("Feed", deleted))
    feed_id = encode("Feed", {"foreign": foreign, "unknown": 10**15, "deleted": deleted}[number])
    before, spent = await stored(database), await used(database)

    assert await refused(product, UPDATE, person, feedId=feed_id, feed=FEED) == ["NOT_FOUND"]
    assert await refused(product, VIEW, person, feedId=feed_id) == ["NOT_FOUND"]
    assert await refused(product, DELETE, person, feedId=feed_id) == ["NOT_FOUND"]
    assert await product.data("query($id: ID!) { node(id: $id) { id } }", {"id": feed_id}, person=person) == {
        "node": None
    }

    assert await stored(database) == before
    assert await used(database) == spent


@pytest.mark.parametrize("feed_id", ["", "nonsense", encode("Post", 1)])
async def test_what_is_no_id_of_a_feed_is_refused(product: Product, settings: Settings, feed_id: str) -> None:
    person = await new_recruiter(product, settings)

    assert await refusals(product, DELETE, {"input": {"feedId": feed_id}}, person=person) == [
        ("INVALID_INPUT", ["input", "feedId"])
    ]


async def test_two_deletes_at_once_give_one_place_back(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings, feeds=3)
    number, _, _ = [await new_feed(product, person) for _ in range(3)]

    found = await asyncio.gather(*(payload(product, DELETE, person, feedId=encode("Feed", number)) for _ in range(3)))

    assert sorted(bool(entry["deletedId"]) for entry in found) == [False, False, True]
    assert await used(database) == [2]
    await new_feed(product, person)
    assert await refused(product, CREATE, person, feed=FEED) == ["QUOTA_EXHAUSTED"]


async def test_a_feed_that_nobody_views_for_a_week_is_idle_until_somebody_does(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings)
    number = await new_feed(product, person)
    async with database.transaction() as transaction:
        await transaction.execute(table_of(MatchingTask).delete())
    product.clock.advance(days=7, seconds=-1)
    assert not (await feeds(product, person))[0]["isIdle"]
    product.clock.advance(seconds=1)
    assert (await feeds(product, person))[0]["isIdle"]

    viewed = await done(product, VIEW, person, feedId=encode("Feed", number))

    assert viewed["feed"]["isIdle"] is False
    # What was not matched meanwhile is.
    assert await waiting(database) == [("feed", number)]


async def test_viewing_a_lively_feed_has_nothing_computed(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings)
    number = await new_feed(product, person)
    async with database.transaction() as transaction:
        await transaction.execute(table_of(MatchingTask).delete())
    product.clock.advance(days=6)

    await done(product, VIEW, person, feedId=encode("Feed", number))

    assert await waiting(database) == []
    assert (await stored(database))[0].viewed_at == product.clock.now


async def test_a_feed_is_calculated_once_no_task_waits(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings)
    await new_feed(product, person)
    table = table_of(Feed)
    async with database.transaction() as transaction:
        await transaction.execute(table.update().values(calculated_at=product.clock.now - timedelta(seconds=1)))
    assert (await feeds(product, person))[0]["isCalculated"] is False
    async with database.transaction() as transaction:
        await transaction.execute(table_of(MatchingTask).delete())

    assert (await feeds(product, person))[0]["isCalculated"] is True


async def test_only_recruiters_order_feeds(product: Product, database: Database) -> None:
    student = await product.student()

    for person, code in ((student, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        reply = await product.graphql(CREATE, {"input": {"feed": FEED}}, person=person)
        assert top_level(reply) == [(code, ["createFeed"])]

    assert await stored(database) == []


async def test_nobody_else_reads_somebodys_feeds(product: Product, settings: Settings) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    await new_feed(product, person)
    query = (
        "query($id: ID!) { node(id: $id) { ... on User { feeds { nodes { title } } watchedResumes { totalCount } } } }"
    )

    reply = await product.graphql(query, {"id": encode("User", person.id)}, person=other)

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}

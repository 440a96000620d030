"""The watch list in the graph: what gets on it, what stays there, and how it is searched."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.talent.recommendations import WatchedResume
from resolvers.talent.watches import MAX_WATCHED
from schema.engine.node_id import encode
from tests.schema.replies import top_level
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import candidate, named, new_feed, new_recruiter, new_resumes, object_id, recommended, told
from tests.support.platform import done, payload, refused

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

WATCH = """mutation($input: RecommendationInput!) { watchResume(input: $input) {
  watchedResume { id keywords feed { databaseId } resume { databaseId } } errors { code message path }
} }"""
UNWATCH = """mutation($input: RecommendationInput!) { unwatchResume(input: $input) {
  unwatched errors { code message path }
} }"""
DELETE = """mutation($input: DeleteFeedInput!) { deleteFeed(input: $input) { deletedId errors { code } } }"""
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { id } errors { code }
} }"""
VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { id } errors { code }
} }"""
LIST = """query($filter: WatchedResumeFilter, $first: Int! = 100, $after: String) { viewer {
  watchedResumes(filter: $filter, first: $first, after: $after) { totalCount pageInfo { endCursor } nodes {
    feed { databaseId deletedAt } resume { databaseId visibility position contact { name } }
  } }
} }"""


async def stored(database: Database) -> list[tuple[int, int, int]]:
    table = table_of(WatchedResume)
    found = await database.fetch(select(table).order_by(table.c.id))
    return [(row.user_id, row.feed_id, row.resume_id) for row in found]


async def entries(product: Product, person: Person, **variables: Any) -> list[dict[str, Any]]:
    data = await product.data(LIST, variables, person=person)
    found = data["viewer"]["watchedResumes"]
    assert found["totalCount"] == len(found["nodes"])
    return list(found["nodes"])


async def watched(product: Product, person: Person, **variables: Any) -> list[int]:
    """The numbers of the resumes on the watch list."""
    return [entry["resume"]["databaseId"] for entry in await entries(product, person, **variables)]


async def searched(product: Product, person: Person, text: str, field: str = "ALL") -> list[int]:
    return await watched(product, person, filter={"text": text, "field": field})


async def found_by(product: Product, database: Database, clock: Clock, person: Person, **resume: Any) -> int:
    """The number of a resume that was recommended to the first feed of the person, and is watched."""
    data = await product.data("{ viewer { feeds(first: 1) { nodes { databaseId } } } }", person=person)
    feed = data["viewer"]["feeds"]["nodes"][0]["databaseId"]
    _, number = await candidate(product, **resume)
    await recommended(database, clock, feed, number)
    await done(product, WATCH, person, **named(feed, number))
    return number


async def test_watching_twice_is_watching_once(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    _, resume = await candidate(product)
    await recommended(database, clock, feed, resume)

    first = await done(product, WATCH, person, **named(feed, resume))
    again = await asyncio.gather(*(payload(product, WATCH, person, **named(feed, resume)) for _ in range(3)))

    assert first["watchedResume"]["keywords"] == ["python"]
    assert first["watchedResume"]["feed"] == {"databaseId": feed}
    assert [entry["watchedResume"] for entry in again] == [first["watchedResume"]] * 3
    assert await stored(database) == [(person.id, feed, resume)]

    for _ in range(2):
        assert await done(product, UNWATCH, person, **named(feed, resume)) == {"unwatched": True}

    assert await stored(database) == []


async def test_the_newest_come_first(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person = await new_recruiter(product, settings)
    await new_feed(product, person)
    numbers = [await found_by(product, database, clock, person) for _ in range(3)]

    assert await watched(product, person) == numbers[::-1]

    first = await product.data(LIST, {"first": 2}, person=person)
    after = first["viewer"]["watchedResumes"]["pageInfo"]["endCursor"]
    rest = await product.data(LIST, {"after": after}, person=person)
    assert [entry["resume"]["databaseId"] for entry in rest["viewer"]["watchedResumes"]["nodes"]] == numbers[:1]


@pytest.mark.parametrize("whose", ["foreign feed", "unknown feed", "not recommended", "unknown resume"])
async def test_only_what_was_recommended_to_the_caller_is_watched(
    product: Product, database: Database, settings: Settings, clock: Clock, whose: str
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    feed, foreign = await new_feed(product, person), await new_feed(product, other)
    _, resume = await candidate(product)
    _, another = await candidate(product)
    for of_feed in (feed, foreign):
        await recommended(database, clock, of_feed, resume)
    await done(product, WATCH, other, **named(foreign, resume))
    there = {
        "foreign feed": named(foreign, resume),
        "unknown feed": named(10**15, resume),
        "not recommended": named(feed, another),
        "unknown resume": named(feed, 10**15),
    }[whose]

    assert await refused(product, WATCH, person, **there) == ["NOT_FOUND"]
    assert await refused(product, UNWATCH, person, **there) == ["NOT_FOUND"]

    assert await stored(database) == [(other.id, foreign, resume)]
    assert await watched(product, person) == []


async def test_a_watched_resume_that_became_secret_stays(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product)
    await recommended(database, clock, feed, resume)
    await done(product, WATCH, person, **named(feed, resume))
    await done(product, ACQUIRE, person, **named(feed, resume))
    assert (await entries(product, person))[0]["resume"]["contact"] == {"name": "赵一鸣"}

    await done(product, VISIBILITY, owner, visibility="SECRET")

    (entry,) = await entries(product, person)
    assert entry["resume"]["visibility"] == "SECRET"
    assert entry["resume"]["contact"] is None
    assert entry["resume"]["position"] == "后端开发工程师"
    assert await searched(product, person, "赵一", "NAME") == []
    assert await searched(product, person, "赵一") == []
    assert await refused(product, WATCH, person, **named(feed, resume)) == ["NOT_FOUND"]
    assert await done(product, UNWATCH, person, **named(feed, resume)) == {"unwatched": True}
    assert await stored(database) == []


async def test_what_was_found_through_a_deleted_feed_stays_and_can_be_taken_off(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    number = await found_by(product, database, clock, person)
    await done(product, DELETE, person, feedId=encode("Feed", feed))

    (entry,) = await entries(product, person)

    assert entry["feed"]["databaseId"] == feed
    assert entry["feed"]["deletedAt"] is not None
    assert entry["resume"]["databaseId"] == number
    assert await refused(product, WATCH, person, **named(feed, number)) == ["NOT_FOUND"]
    assert await done(product, UNWATCH, person, **named(feed, number)) == {"unwatched": True}


async def test_a_watch_list_holds_only_so_many(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    resumes = await new_resumes(database, clock, MAX_WATCHED + 1)
    for resume in (resumes[0], *resumes[-2:]):
        await recommended(database, clock, feed, resume)
    times = {"created_at": clock.now, "updated_at": clock.now}
    async with database.transaction() as transaction:
        await transaction.execute_many(
            insert(table_of(WatchedResume)),
            [{"user_id": person.id, "feed_id": feed, "resume_id": resume, **times} for resume in resumes[:-2]],
        )

    found = await asyncio.gather(*(payload(product, WATCH, person, **named(feed, resume)) for resume in resumes[-2:]))

    assert sorted(error["code"] for entry in found for error in entry["errors"]) == ["LIMIT_REACHED"]
    assert len(await stored(database)) == MAX_WATCHED
    (left_out,) = (resume for resume, entry in zip(resumes[-2:], found, strict=True) if entry["errors"])
    old_reply = await told(product, person, f"/resumes/add_watch/{object_id(left_out)}", {"feed_id": object_id(feed)})
    assert old_reply == {"status": "limit_reached", "msg": "收藏数量已达上限"}
    await done(product, WATCH, person, **named(feed, resumes[0]))


async def test_a_watch_list_is_searched_by_field(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    await new_feed(product, person)
    job = {"company": "远山科技", "position": "爬虫 Engineer", "description": "写过 100% 的 A_B 测试"}
    study = {"school": "重庆大学", "major": "软件工程", "degree": "bachelor"}
    target = {"areas": ["成都"], "selfEvaluation": '踏实；O\'Reilly \\ "读者"'}
    full = await found_by(
        product, database, clock, person, workExperiences=[job], educations=[study], target=target, position="数据挖掘"
    )
    plain = {"workExperiences": [{"company": "近水"}], "educations": [{"school": "四川大学"}], "position": "前端"}
    other = await found_by(product, database, clock, person, **plain)

    expected = {
        ("挖掘", "POSITION"): [full],
        ("爬虫", "POSITION"): [full],
        ("engineer", "POSITION"): [full],
        ("远山", "POSITION"): [],
        ("远山", "COMPANY"): [full],
        ("重庆", "SCHOOL"): [full],
        ("软件", "SCHOOL"): [],
        ("大学", "SCHOOL"): [other, full],
        ("赵一", "NAME"): [],
        ("13912340001", "ALL"): [],
        ("赵一鸣", "ALL"): [],
        ("软件", "ALL"): [full],
        ("成都", "ALL"): [full],
        ("踏实", "ALL"): [full],
        ("近水", "ALL"): [other],
        ("100%", "ALL"): [full],
        ("%", "ALL"): [full],
        ("A_B", "ALL"): [full],
        ("_", "ALL"): [full],
        ("A%B", "ALL"): [],
        ("\\", "ALL"): [full],
        ("O'Reilly", "ALL"): [full],
        ('"读者"', "ALL"): [full],
        ("NEAR(", "ALL"): [],
        ("' OR 1=1 --", "ALL"): [],
        ("a\0b", "ALL"): [],
        ("\0", "NAME"): [],
        ("", "COMPANY"): [other, full],
        ("  ", "ALL"): [other, full],
        (" 远山 ", "ALL"): [full],
    }
    found = {(text, field): await searched(product, person, text, field) for text, field in expected}

    assert found == expected


async def test_a_name_is_found_once_the_contact_was_acquired(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    number = await found_by(product, database, clock, person)
    assert await searched(product, person, "一鸣", "NAME") == []

    await done(product, ACQUIRE, person, **named(feed, number))

    assert await searched(product, person, "一鸣", "NAME") == [number]
    assert await searched(product, person, "一鸣") == [number]


async def test_watch_lists_are_ones_own(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    await new_feed(product, person)
    await found_by(product, database, clock, person)
    table = table_of(WatchedResume)
    number = (await database.fetch(select(table.c.id)))[0].id
    student = await product.student()

    assert await watched(product, other) == []
    node = "query($id: ID!) { node(id: $id) { id } }"
    for caller in (other, student):
        assert await product.data(node, {"id": encode("WatchedResume", number)}, person=caller) == {"node": None}
    reply = await product.graphql(WATCH, {"input": named(1, 1)}, person=student)
    assert top_level(reply) == [("FORBIDDEN", ["watchResume"])]

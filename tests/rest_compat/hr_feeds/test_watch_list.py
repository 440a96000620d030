"""The old API's watch list."""

from typing import Any

import pytest
from sqlalchemy import select

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.talent.recommendations import WatchedResume
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import candidate, named, new_feed, new_recruiter, object_id, recommended, told
from tests.support.platform import done

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

LIST = "/resume/follow/list/"
OK = {"status": "ok", "msg": "ok"}
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { id } errors { code }
} }"""
VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { id } errors { code }
} }"""


async def watch(
    product: Product, person: Person, feed: int | None, resume: int, *, remove: bool = False
) -> dict[str, Any]:
    name = "remove_watch" if remove else "add_watch"
    query = {} if feed is None else {"feed_id": object_id(feed)}
    return await told(product, person, f"/resumes/{name}/{object_id(resume)}", query)


async def found(product: Product, person: Person, **query: Any) -> list[int]:
    """The numbers of the resumes that a search finds."""
    reply = await told(product, person, LIST, query)
    assert reply["status"] == "ok", reply
    return [int(row["resume"]["id"], 16) for row in reply["data"]]


async def stored(database: Database) -> list[tuple[int, int]]:
    table = table_of(WatchedResume)
    return [(row.feed_id, row.resume_id) for row in await database.fetch(select(table).order_by(table.c.id))]


async def test_watching_and_not_watching_can_be_repeated(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    _, resume = await candidate(product)
    await recommended(database, clock, feed, resume)

    for _ in range(2):
        assert await watch(product, person, feed, resume) == OK
        assert await stored(database) == [(feed, resume)]
    for _ in range(2):
        assert await watch(product, person, feed, resume, remove=True) == OK
        assert await stored(database) == []


async def test_without_a_feed_it_is_the_newest_that_recommended_the_resume(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, other = await new_recruiter(product, settings, feeds=9), await new_recruiter(product, settings)
    first, second, unrelated, deleted = [await new_feed(product, person) for _ in range(4)]
    foreign = await new_feed(product, other)
    _, resume = await candidate(product)
    _, never = await candidate(product)
    for feed in (second, first, deleted, foreign):
        await recommended(database, clock, feed, resume)
    await told(product, person, f"/feed/delete/{object_id(deleted)}")

    for _ in range(2):
        assert await watch(product, person, None, resume) == OK
        assert await stored(database) == [(second, resume)]
    assert await watch(product, person, first, resume) == OK
    assert await watch(product, other, None, resume) == OK
    for left in ([(first, resume), (foreign, resume)], [(foreign, resume)], [(foreign, resume)]):
        assert await watch(product, person, None, resume, remove=True) == OK
        assert await stored(database) == left
    # What it is watched through comes before a newer feed that recommended it too.
    await watch(product, person, first, resume)
    assert await watch(product, person, None, resume, remove=True) == OK
    assert await stored(database) == [(foreign, resume)]
    for unknown in (never, 10**15):
        for remove in (False, True):
            reply = await watch(product, person, None, unknown, remove=remove)
            assert reply == {"status": "not_found", "msg": "数据不存在"}
    assert unrelated not in {feed for feed, _ in await stored(database)}


async def test_somebody_elses_feed_is_an_error_and_changes_nothing(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    foreign = await new_feed(product, other)
    _, resume = await candidate(product)
    await recommended(database, clock, foreign, resume)
    await watch(product, other, foreign, resume)

    for remove in (False, True):
        reply = await watch(product, person, foreign, resume, remove=remove)
        assert reply == {"status": "not_found", "msg": "数据不存在"}

    assert await stored(database) == [(foreign, resume)]
    assert await told(product, person, LIST) == {**OK, "data": []}


async def test_an_entry_shows_the_resume_and_its_contact(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product, target={"qq": "12345", "areas": ["成都"]})
    await recommended(database, clock, feed, resume)
    clock.advance(hours=1)
    await watch(product, person, feed, resume)
    nothing = {"qq": "", "phone": "", "name": "", "email": ""}

    (entry,) = (await told(product, person, LIST))["data"]

    assert set(entry) == {"feed_id", "add_time", "keywords", "tags", "resume"}
    assert entry["tags"] == {
        "keywords": ["python"],
        "schools": ["重庆大学"],
        "certifications": [],
        "awards": [],
        "signed": False,
    }
    assert entry["resume"]["educations"] == entry["resume"]["education"] != []
    assert (entry["feed_id"], entry["add_time"], entry["keywords"]) == (
        object_id(feed),
        1772416800 + 3600,
        ["python"],
    )
    assert entry["resume"]["contact_info"] == {**nothing, "status": "public"}
    assert entry["resume"]["job_target"]["expectation_area"] == "成都"
    assert [work["compnay_name"] for work in entry["resume"]["works"]] == ["远山科技"]

    await done(product, ACQUIRE, person, **named(feed, resume))
    (entry,) = (await told(product, person, LIST))["data"]
    assert entry["resume"]["contact_info"] == {
        "qq": "12345",
        "phone": "13912340001",
        "name": "赵一鸣",
        "email": "",
        "status": "public",
    }
    assert entry["resume"]["last_contact"] == 1772416800 + 3600

    await done(product, VISIBILITY, owner, visibility="SECRET")
    (entry,) = (await told(product, person, LIST))["data"]
    assert entry["resume"]["contact_info"] == {**nothing, "status": "secret"}
    assert entry["resume"]["last_contact"] == 0
    assert (await told(product, person, f"/special_feed/feed_list/{object_id(feed)}"))["data"] == []

    await told(product, person, f"/feed/delete/{object_id(feed)}")
    (entry,) = (await told(product, person, LIST))["data"]
    assert entry["feed_id"] == object_id(feed)
    assert await watch(product, person, feed, resume, remove=True) == OK
    assert (await told(product, person, LIST))["data"] == []


async def test_the_watch_list_is_searched(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    jobs = [{"company": "远山科技", "position": "爬虫工程师", "description": "100% 的数据挖掘"}]
    _, first = await candidate(product, workExperiences=jobs, educations=[{"school": "重庆大学"}])
    _, second = await candidate(product, position="前端", educations=[{"school": "四川大学"}])
    for resume in (first, second):
        await recommended(database, clock, feed, resume)
        await watch(product, person, feed, resume)

    assert await found(product, person) == [second, first]
    assert await found(product, person, search_fields="all") == [second, first]
    assert await found(product, person, keywords="大学") == [second, first]
    assert await found(product, person, keywords="爬虫", search_fields="position_title") == [first]
    assert await found(product, person, keywords="前端", search_fields="position_title") == [second]
    assert await found(product, person, keywords="爬虫", search_fields="company_name") == []
    assert await found(product, person, keywords="远山", search_fields="company_name") == [second, first]
    assert await found(product, person, keywords="重庆", search_fields="school") == [first]
    assert await found(product, person, keywords="赵一", search_fields="name") == []
    assert await found(product, person, keywords="挖掘", search_fields="all") == [first]
    await done(product, ACQUIRE, person, **named(feed, second))
    assert await found(product, person, keywords="赵一", search_fields="name") == [second]


HOSTILE = ("'", '"', "NEAR(", "*", "-", "\\", "_", "a\0b", "\0", "OR 1=1", "(" * 5000, "%" * 20_000, "é%", "𠮷")


async def test_any_text_is_safe_to_search(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    _, resume = await candidate(product)
    await recommended(database, clock, feed, resume)
    await watch(product, person, feed, resume)

    for field in ("position_title", "company_name", "name", "school", "all"):
        for text in HOSTILE:
            assert await found(product, person, keywords=text, search_fields=field) == []


async def test_an_unknown_field_is_refused(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    for field in ("phone", "ALL", "0", "全文"):
        reply = await told(product, person, LIST, {"search_fields": field, "keywords": "a"})
        assert (reply["status"], list(reply["errors"])) == ("form_error", ["search_fields"])

"""Recommendations follow what changes: in the background, once, and whatever happens to the process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from models.db import Database
from models.settings import Settings
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import MatchingTask, Recommendation, ResumeProfile
from models.talent.targets import JobTarget
from resolvers.scope import Scope, Services
from resolvers.talent import tasks
from resolvers.talent.matching import Matcher
from resolvers.talent.matching_loop import matching
from schema.engine.node_id import encode
from tests.support.clients import Clock, Product
from tests.support.feeds import candidate, new_feed, new_recruiter
from tests.support.platform import done, writing
from tests.support.signing import UPDATE_RESUME, resume
from tests.support.waiting import until

RESUMES, FEEDS, TASKS = table_of(Resume), table_of(Feed), table_of(MatchingTask)
RECOMMENDATIONS, PROFILES, TARGETS = table_of(Recommendation), table_of(ResumeProfile), table_of(JobTarget)
WANTED = {
    "title": "Python后端工程师",
    "keywords": ["Python", "Django", "Redis"],
    "jobDescription": "负责服务端开发",
    "salaryMin": 15000,
    "salaryMax": 25000,
}
BACKEND: dict[str, Any] = {
    "position": "Python后端工程师",
    "workExperiences": [
        {
            "company": "远山科技",
            "position": "Python后端工程师",
            "startTime": "2021-03",
            "endTime": "至今",
            "description": "用 Python、Django、Redis 开发订单服务",
        }
    ],
}
ACCOUNTANT: dict[str, Any] = {
    "position": "会计",
    "workExperiences": [
        {"company": "远山科技", "position": "会计", "startTime": "2021-03", "description": "成本核算与报税"}
    ],
}
UPDATE_PACKAGE = """mutation($input: UpdatePackageInput!) { updatePackage(input: $input) {
  package { id } errors { code path }
} }"""
SEND = "mutation($input: SendResumeInput!) { sendResume(input: $input) { sent errors { code path } } }"
SET_VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { visibility } errors { code path }
} }"""
HINTS = "{ viewer { feeds { nodes { looseningHints { component keyword wouldFit } } } } }"
FORBIDDEN_TO_SCORE: dict[str, Any] = {
    "gender": "FEMALE",
    "age": 55,
    "ethnicity": "回族",
    "maritalStatus": "DIVORCED",
    "politicalStatus": "PARTY_MEMBER",
    "householdType": "URBAN",
}


@pytest.fixture
async def matcher(settings: Settings, clock: Clock) -> AsyncIterator[Matcher]:
    """What a process does in the background, one step at a time."""
    services = Services.from_settings(settings, clock)
    yield await started(services)
    await services.close()


async def started(services: Services, **options: Any) -> Matcher:
    matcher = Matcher(services, **options)
    await matcher.load()
    return matcher


async def finish(matcher: Matcher) -> None:
    while await matcher.step():
        pass


async def found(database: Database, feed: int) -> dict[int, Any]:
    """The recommendations of a feed, by resume."""
    of_feed = select(RECOMMENDATIONS).where(RECOMMENDATIONS.c.feed_id == feed)
    return {row.resume_id: row for row in await database.fetch(of_feed)}


async def current(database: Database, feed: int) -> dict[int, int]:
    """The scores of those who fit."""
    return {resume: row.score for resume, row in (await found(database, feed)).items() if row.is_current}


async def waiting(database: Database) -> list[tuple[str, int, int]]:
    rows = await database.fetch(select(TASKS).order_by(TASKS.c.id))
    return [(row.kind, row.subject_id, row.version) for row in rows]


async def profiles(database: Database) -> dict[int, bytes]:
    return {row.resume_id: row.content for row in await database.fetch(select(PROFILES))}


async def test_a_new_feed_finds_who_fits(
    product: Product, settings: Settings, database: Database, matcher: Matcher
) -> None:
    _, fitting = await candidate(product, **BACKEND)
    await candidate(product, **ACCOUNTANT)
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)

    await finish(matcher)

    rows = await found(database, feed)
    assert set(rows) == {fitting}
    row = rows[fitting]
    assert row.score >= 60
    assert row.title_score >= 50
    assert row.score == round(sum(reason["points"] for reason in row.reasons))
    assert sum(reason["max"] for reason in row.reasons) == 100
    assert {"Python", "Django", "Redis"} <= set(row.keywords)
    (level,) = [reason for reason in row.reasons if reason["component"] == "level"]
    assert level["held"] == [{"kind": "years", "values": [5]}]
    assert {"asked", "met", "unmet"}.isdisjoint(level)
    assert (row.read_at, row.hidden_at, row.sent, row.by_partner, row.mark) == (None, None, False, False, None)
    assert await waiting(database) == []


async def test_a_new_resume_is_found_by_the_feeds_that_are_there(
    product: Product, settings: Settings, database: Database, matcher: Matcher
) -> None:
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    await finish(matcher)
    assert await found(database, feed) == {}

    _, resume_id = await candidate(product, **BACKEND)
    assert await waiting(database) == [("resume", resume_id, 1)]
    await finish(matcher)

    assert set(await current(database, feed)) == {resume_id}


async def test_what_the_recruiter_did_outlives_a_new_computation(
    product: Product, settings: Settings, database: Database, matcher: Matcher, clock: Clock
) -> None:
    person, resume_id = await candidate(product, **BACKEND)
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    await finish(matcher)
    first = (await found(database, feed))[resume_id]
    shown_at = clock.now
    clock.advance(hours=1)
    async with database.transaction() as transaction:
        touched = {"read_at": clock.now, "hidden_at": clock.now, "mark": "send_offer"}
        await transaction.execute(update(RECOMMENDATIONS).values(**touched))
    touched_at = clock.now

    clock.advance(hours=1)
    better = {**BACKEND, "workExperiences": [*BACKEND["workExperiences"], {"company": "云杉数据", "position": "后端"}]}
    await done(product, UPDATE_RESUME, person, resume=resume(**better))
    await finish(matcher)

    row = (await found(database, feed))[resume_id]
    assert (row.id, row.displayed_at) == (first.id, shown_at)
    assert (row.read_at, row.hidden_at, row.mark) == (touched_at, touched_at, "send_offer")
    assert row.calculated_at == clock.now


async def test_who_fits_no_more_stays_as_a_row_that_is_not_current(
    product: Product, settings: Settings, database: Database, matcher: Matcher
) -> None:
    person, resume_id = await candidate(product, **BACKEND)
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    await finish(matcher)

    await done(product, UPDATE_RESUME, person, resume=resume(**ACCOUNTANT))
    await finish(matcher)
    assert await current(database, feed) == {}
    assert set(await found(database, feed)) == {resume_id}

    await done(product, UPDATE_RESUME, person, resume=resume(**BACKEND))
    await finish(matcher)
    assert set(await current(database, feed)) == {resume_id}


async def test_a_secret_resume_is_forgotten_until_it_is_public_again(
    product: Product, settings: Settings, database: Database, matcher: Matcher
) -> None:
    person, resume_id = await candidate(product, **BACKEND)
    await finish(matcher)
    assert set(await profiles(database)) == {resume_id}

    await done(product, SET_VISIBILITY, person, visibility="SECRET")
    await finish(matcher)
    assert await profiles(database) == {}
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    await finish(matcher)
    assert await found(database, feed) == {}

    await done(product, SET_VISIBILITY, person, visibility="PUBLIC")
    await finish(matcher)
    assert set(await current(database, feed)) == {resume_id}


async def test_who_somebody_is_never_scores(
    product: Product, settings: Settings, database: Database, matcher: Matcher
) -> None:
    person, resume_id = await candidate(product, **BACKEND)
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    await finish(matcher)
    before = (await found(database, feed))[resume_id]

    await done(product, UPDATE_RESUME, person, resume=resume(**BACKEND, **FORBIDDEN_TO_SCORE))
    await finish(matcher)

    after = (await found(database, feed))[resume_id]
    assert (after.score, after.title_score, after.reasons) == (before.score, before.title_score, before.reasons)


async def test_a_feed_that_nobody_fits_says_what_to_loosen_and_again_as_resumes_come(
    product: Product, settings: Settings, database: Database, matcher: Matcher, clock: Clock
) -> None:
    recruiter = await new_recruiter(product, settings)
    tight = {**WANTED, "title": "Java后端工程师", "keywords": ["Kafka", "Python"], "areas": ["拉萨"]}
    feed = await new_feed(product, recruiter, **tight)

    async def hints() -> Any:
        (found,) = (await product.data(HINTS, person=recruiter))["viewer"]["feeds"]["nodes"]
        return found["looseningHints"]

    await finish(matcher)
    for _ in range(2):
        await candidate(product, target={"salaryMin": 26_000, "salaryMax": 30_000, "areas": ["北京"]}, **BACKEND)
    await finish(matcher)
    assert await hints() == []  # they are counted at most once an hour
    clock.advance(hours=1)
    await finish(matcher)

    assert await current(database, feed) == {}
    assert await hints() == [{"component": "AREA", "keyword": None, "wouldFit": 2}]


async def test_a_change_during_the_work_is_not_lost(
    product: Product, settings: Settings, clock: Clock, database: Database
) -> None:
    _, resume_id = await candidate(product, **BACKEND)
    async with writing(settings, clock) as scope:
        seen = await tasks.due(scope, tasks.TaskKind.RESUME, size=10)
        await tasks.resume_changed(scope, resume_id)
        await tasks.finish(scope.transaction, seen)
    assert await waiting(database) == [("resume", resume_id, 2)]


async def test_many_resumes_at_once_are_matched_as_one_by_one(
    product: Product, settings: Settings, clock: Clock, database: Database
) -> None:
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    for content in (BACKEND, ACCOUNTANT, {**BACKEND, "position": "Java后端工程师"}):
        await candidate(product, **content)
    services = Services.from_settings(settings, clock)
    await finish(await started(services))
    one_by_one = await current(database, feed)
    async with database.transaction() as transaction:
        await transaction.execute(delete(RECOMMENDATIONS))
        await transaction.execute(delete(PROFILES))
    async with writing(settings, clock) as scope:
        await tasks.resumes_changed(scope, [row.id for row in await database.fetch(select(RESUMES.c.id))])

    await finish(await started(services, max_pairs=0))
    await services.close()

    assert len(one_by_one) == 2
    assert await current(database, feed) == one_by_one
    assert await waiting(database) == []


async def test_a_restart_loads_what_was_known(
    product: Product, settings: Settings, clock: Clock, database: Database, matcher: Matcher
) -> None:
    for content in (BACKEND, ACCOUNTANT):
        await candidate(product, **content)
    await finish(matcher)
    async with database.transaction() as transaction:  # nothing but the stored profiles is left to read
        await transaction.execute(update(RESUMES).values(position="", updated_at=clock.now))
    services = Services.from_settings(settings, clock)
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)

    await finish(await started(services))
    await services.close()

    assert len(await current(database, feed)) == 1


async def test_profiles_of_an_older_version_are_made_again(
    product: Product, settings: Settings, clock: Clock, database: Database, matcher: Matcher
) -> None:
    _, resume_id = await candidate(product, **BACKEND)
    await finish(matcher)
    made = await profiles(database)
    async with database.transaction() as transaction:
        await transaction.execute(update(PROFILES).values(content=b"what no version wrote"))
    services = Services.from_settings(settings, clock)

    restarted = await started(services)
    assert [(kind, subject) for kind, subject, _ in await waiting(database)] == [("resume", resume_id)]
    await finish(restarted)
    await services.close()

    assert await profiles(database) == made


async def test_idle_and_expired_feeds_are_left_alone(
    product: Product, settings: Settings, database: Database, matcher: Matcher, clock: Clock
) -> None:
    idle = await new_feed(product, await new_recruiter(product, settings, days=300), **WANTED)
    expired = await new_feed(product, await new_recruiter(product, settings, days=1), **WANTED)
    await finish(matcher)
    clock.advance(days=7, seconds=1)
    viewed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    _, resume_id = await candidate(product, **BACKEND)

    await finish(matcher)

    assert set(await current(database, viewed)) == {resume_id}
    assert await found(database, idle) == await found(database, expired) == {}


async def test_a_task_that_fails_does_not_hold_up_the_others(
    product: Product, settings: Settings, database: Database, matcher: Matcher
) -> None:
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    _, broken = await candidate(product, target={"level": "SENIOR"}, **BACKEND)
    _, fine = await candidate(product, **BACKEND)
    async with database.transaction() as transaction:  # what nobody can enter
        await transaction.execute(update(TARGETS).values(domains=5))

    await finish(matcher)

    assert set(await current(database, feed)) == {fine}
    assert [(kind, subject) for kind, subject, _ in await waiting(database)] == [("resume", broken)]


async def test_a_package_that_goes_on_makes_up_for_what_its_feeds_missed(
    product: Product, settings: Settings, database: Database, matcher: Matcher, clock: Clock
) -> None:
    feed = await new_feed(product, await new_recruiter(product, settings, days=1), **WANTED)
    await finish(matcher)
    clock.advance(days=2)
    _, resume_id = await candidate(product, **BACKEND)
    await finish(matcher)
    assert await found(database, feed) == {}

    package = encode("Package", await database.fetch_value(select(FEEDS.c.package_id).where(FEEDS.c.id == feed)))
    later = (clock.now + timedelta(days=1)).isoformat()
    await done(product, UPDATE_PACKAGE, await product.administrator(), packageId=package, expiresAt=later)
    await finish(matcher)

    assert set(await current(database, feed)) == {resume_id}


async def test_what_is_handed_in_is_explained_however_little_it_fits(
    product: Product, settings: Settings, database: Database, matcher: Matcher
) -> None:
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    person, resume_id = await candidate(product, **ACCOUNTANT)
    await finish(matcher)
    assert await found(database, feed) == {}

    await done(product, SEND, person, feedId=encode("Feed", feed))
    await finish(matcher)

    row = (await found(database, feed))[resume_id]
    assert (row.sent, row.is_current) == (True, False)
    assert 0 < row.score == round(sum(reason["points"] for reason in row.reasons))
    async with database.transaction() as transaction:
        await transaction.execute(update(RECOMMENDATIONS).values(score=0, reasons=[]))
    async with writing(settings, product.clock) as scope:
        await tasks.feed_changed(scope, feed)
    await finish(matcher)
    assert (await found(database, feed))[resume_id].score == row.score


async def test_of_several_processes_one_matches(
    product: Product, settings: Settings, clock: Clock, database: Database
) -> None:
    feed = await new_feed(product, await new_recruiter(product, settings), **WANTED)
    _, resume_id = await candidate(product, **BACKEND)
    services = [Services.from_settings(settings, clock) for _ in range(2)]

    async def settled() -> bool:
        return not await tasks.are_waiting(Scope(services[0], now=clock.now))

    async with matching(services[0]), matching(services[1]):
        await until(settled)
        assert set(await current(database, feed)) == {resume_id}
        _, second = await candidate(product, **BACKEND)
        await until(settled)
    assert set(await current(database, feed)) == {resume_id, second}
    await asyncio.gather(*(each.close() for each in services))

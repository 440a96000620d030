"""What recruiters do with recommendations, and how people hand resumes in."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import insert, select

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.talent.recommendations import (
    AcquiredContact,
    MatchingTask,
    Recommendation,
    RecommendationComment,
    RecommendationMark,
)
from models.talent.recruiters import Package
from models.talent.vocabulary import Mark
from resolvers.talent.marks import GOOD, MAX_COMMENTS, MAX_MARKS
from schema.engine.node_id import encode
from tests.schema.replies import refused as refusals
from tests.schema.replies import top_level
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import COMMENT, MARK, candidate, named, new_feed, new_recruiter, recommended
from tests.support.platform import audited, done, payload, refused
from tests.support.signing import applied, new_employer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

HIDE = """mutation($input: RecommendationInput!) { hideRecommendation(input: $input) {
  recommendation { id } errors { code message path }
} }"""
RESTORE = HIDE.replace("hide", "restore")
READ = HIDE.replace("hide", "read")
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { resume { contact { name phone qq email } person { databaseId name } } }
  errors { code message path }
} }"""
SEND = "mutation($input: SendResumeInput!) { sendResume(input: $input) { sent errors { code message path } } }"
RECOMMEND = """mutation($input: RecommendResumeInput!) { recommendResume(input: $input) {
  recommended errors { code message path }
} }"""
VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { id } errors { code }
} }"""
LIST = """{ viewer { feeds { nodes { recommendations { nodes {
  databaseId sent byPartner readAt score displayedAt resume { databaseId contact { name } }
} } } } } }"""

_AFTER_INTERVIEW = {"break_invite", "send_offer", "reject_offer", "entry", "no_interest", "lower_ability"}
_EVERY = {mark.value for mark in Mark}
ALLOWED: Mapping[str, set[str]] = {
    "invite_interview": {"join_interview", "next_interview", *_AFTER_INTERVIEW},
    "join_interview": {"next_interview", *_AFTER_INTERVIEW},
    "next_interview": _AFTER_INTERVIEW,
    "send_offer": {"reject_offer", "entry"},
    "reject_offer": {"entry"},
    "entry": set(),
    **{
        mark: _EVERY - {mark}
        for mark in (
            "no_will",
            "invite_lower_ability",
            "invite_no_interest",
            "break_invite",
            "lower_ability",
            "no_interest",
        )
    },
}
"""The facts' table."""


async def recommendation(
    product: Product, database: Database, settings: Settings, **more: Any
) -> tuple[Person, int, int]:
    """A recruiter, whose feed was recommended a resume: the numbers of both."""
    person = await new_recruiter(product, settings, **more)
    feed = await new_feed(product, person)
    _, resume = await candidate(product)
    await recommended(database, product.clock, feed, resume)
    return person, feed, resume


async def rows(database: Database, model: type) -> list[Any]:
    table = table_of(model)
    return list(await database.fetch(select(table).order_by(table.c.id)))


async def listed(product: Product, person: Person) -> list[dict[str, Any]]:
    data = await product.data(LIST, person=person)
    return [row for feed in data["viewer"]["feeds"]["nodes"] for row in feed["recommendations"]["nodes"]]


@pytest.mark.parametrize("first", list(Mark))
async def test_marks_move_as_the_table_allows(
    product: Product, database: Database, settings: Settings, clock: Clock, first: Mark
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    moved = {}
    table = table_of(Recommendation)
    _, resume = await candidate(product)
    await recommended(database, clock, feed, resume)
    for second in Mark:
        async with database.transaction() as transaction:
            await transaction.execute(table.update().values(mark=None))
        await done(product, MARK, person, **named(feed, resume), mark=first.name)
        found = await payload(product, MARK, person, **named(feed, resume), mark=second.name)
        moved[second.value] = not found["errors"]
        codes = [(error["code"], error["path"]) for error in found["errors"]]
        assert codes in ([], [("MOVE_NOT_ALLOWED", ["input", "mark"])])
        (row,) = await rows(database, Recommendation)
        assert row.mark == (second if moved[second.value] else first)

    assert {mark for mark, was_moved in moved.items() if was_moved} == ALLOWED[first.value]
    kept = [mark.mark for mark in await rows(database, RecommendationMark)]
    events = await audited(database, "Recommendation")
    assert len(kept) == len(Mark) + len(ALLOWED[first.value])
    assert events == [("mark_recommendation", person.id, {"mark": mark}) for mark in kept]


async def test_marks_tell_when_they_were_made_and_whether_it_goes_well(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, feed, resume = await recommendation(product, database, settings)
    await done(product, MARK, person, **named(feed, resume), mark="INVITE_INTERVIEW")
    clock.advance(days=1)

    marked = await done(product, MARK, person, **named(feed, resume), mark="BREAK_INVITE")

    assert marked["recommendation"] == {
        "mark": "BREAK_INVITE",
        "marks": [
            {"mark": "INVITE_INTERVIEW", "isGood": True, "createdAt": "2026-03-02T02:00:00+00:00"},
            {"mark": "BREAK_INVITE", "isGood": False, "createdAt": "2026-03-03T02:00:00+00:00"},
        ],
    }
    assert {"invite_interview", "join_interview", "next_interview", "send_offer", "entry"} == {str(m) for m in GOOD}


async def test_of_two_marks_at_once_that_exclude_each_other_one_wins(
    product: Product, database: Database, settings: Settings
) -> None:
    person, feed, resume = await recommendation(product, database, settings)
    await done(product, MARK, person, **named(feed, resume), mark="SEND_OFFER")

    found = await asyncio.gather(
        *(payload(product, MARK, person, **named(feed, resume), mark="ENTRY") for _ in range(3))
    )

    assert sorted(bool(entry["recommendation"]) for entry in found) == [False, False, True]
    assert [row.mark for row in await rows(database, RecommendationMark)] == ["send_offer", "entry"]


async def test_a_recommendation_is_marked_only_so_often(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, feed, resume = await recommendation(product, database, settings)
    await done(product, MARK, person, **named(feed, resume), mark="NO_WILL")
    times = {"created_at": clock.now, "updated_at": clock.now}
    async with database.transaction() as transaction:
        await transaction.execute_many(
            insert(table_of(RecommendationMark)),
            [{"recommendation_id": 1, "mark": "no_will", **times}] * (MAX_MARKS - 2),
        )
    await done(product, MARK, person, **named(feed, resume), mark="NO_INTEREST")

    assert await refused(product, MARK, person, **named(feed, resume), mark="NO_WILL") == ["LIMIT_REACHED"]

    assert (await rows(database, Recommendation))[0].mark == "no_interest"
    assert len(await rows(database, RecommendationMark)) == MAX_MARKS


async def test_comments_stay_in_their_order(product: Product, database: Database, settings: Settings) -> None:
    person, feed, resume = await recommendation(product, database, settings)
    await done(product, COMMENT, person, **named(feed, resume), content="  周三下午面试 ")

    commented = await done(product, COMMENT, person, **named(feed, resume), content="好" * 1000)

    contents = [comment["content"] for comment in commented["recommendation"]["comments"]]
    assert contents == ["周三下午面试", "好" * 1000]


@pytest.mark.parametrize("content", ["", " ", "好" * 1001, "a\0b"])
async def test_what_a_comment_may_not_be(
    product: Product, database: Database, settings: Settings, content: str
) -> None:
    person, feed, resume = await recommendation(product, database, settings)

    found = await refusals(product, COMMENT, {"input": {**named(feed, resume), "content": content}}, person=person)

    assert found == [("INVALID_INPUT", ["input", "content"])]
    assert await rows(database, RecommendationComment) == []


async def test_a_recommendation_has_only_so_many_comments(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, feed, resume = await recommendation(product, database, settings)
    times = {"created_at": clock.now, "updated_at": clock.now}
    async with database.transaction() as transaction:
        await transaction.execute_many(
            insert(table_of(RecommendationComment)),
            [{"recommendation_id": 1, "content": "好", **times}] * (MAX_COMMENTS - 1),
        )

    found = await asyncio.gather(
        *(payload(product, COMMENT, person, **named(feed, resume), content="满") for _ in range(3))
    )

    codes = [[error["code"] for error in entry["errors"]] for entry in found]
    assert sorted(codes) == [[], ["LIMIT_REACHED"], ["LIMIT_REACHED"]]
    assert len(await rows(database, RecommendationComment)) == MAX_COMMENTS


async def test_a_contact_costs_once(product: Product, database: Database, settings: Settings) -> None:
    person, feed, resume = await recommendation(product, database, settings, contacts=1)
    other_feed = await new_feed(product, person)
    await recommended(database, product.clock, other_feed, resume)

    acquired = await done(product, ACQUIRE, person, **named(feed, resume))

    contact = {"name": "赵一鸣", "phone": "13912340001", "qq": None, "email": None}
    assert acquired["recommendation"]["resume"]["contact"] == contact
    assert acquired["recommendation"]["resume"]["person"] is not None
    assert await done(product, ACQUIRE, person, **named(feed, resume)) == acquired
    assert await done(product, ACQUIRE, person, **named(other_feed, resume)) == acquired
    assert [row.contacts_used for row in await rows(database, Package)] == [1]
    assert [(row.resume_id, row.package_id) for row in await rows(database, AcquiredContact)] == [(resume, 1)]
    assert await audited(database, "CandidateResume") == [("acquire_contact", person.id, {})]
    assert {row["resume"]["contact"]["name"] for row in await listed(product, person)} == {"赵一鸣"}


async def test_without_a_contact_in_a_package_nobody_is_reached(
    product: Product, database: Database, settings: Settings
) -> None:
    person, feed, resume = await recommendation(product, database, settings, contacts=0)

    assert await refused(product, ACQUIRE, person, **named(feed, resume)) == ["QUOTA_EXHAUSTED"]

    assert await rows(database, AcquiredContact) == []
    assert [row["resume"]["contact"] for row in await listed(product, person)] == [None]


async def test_of_contacts_acquired_at_once_each_is_paid(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person, feed, resume = await recommendation(product, database, settings, contacts=2)
    resumes = [resume]
    for _ in range(2):
        _, another = await candidate(product)
        await recommended(database, clock, feed, another)
        resumes.append(another)

    found = await asyncio.gather(
        *(payload(product, ACQUIRE, person, **named(feed, wanted)) for wanted in resumes for _ in range(2))
    )

    codes = [error["code"] for entry in found for error in entry["errors"]]
    assert codes == ["QUOTA_EXHAUSTED"] * 2
    assert len(await rows(database, AcquiredContact)) == 2
    assert [row.contacts_used for row in await rows(database, Package)] == [2]


async def test_a_secret_resume_is_not_to_be_acquired_and_an_acquired_one_is_silent(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product)
    await recommended(database, product.clock, feed, resume)
    await done(product, VISIBILITY, owner, visibility="SECRET")

    assert await refused(product, ACQUIRE, person, **named(feed, resume)) == ["NOT_FOUND"]
    assert [row.contacts_used for row in await rows(database, Package)] == [0]

    await done(product, VISIBILITY, owner, visibility="PUBLIC")
    await done(product, ACQUIRE, person, **named(feed, resume))
    await done(product, VISIBILITY, owner, visibility="SECRET")
    node = "query($id: ID!) { node(id: $id) { ... on CandidateResume { contact { name } } } }"

    assert await listed(product, person) == []
    found = await product.data(node, {"id": encode("CandidateResume", resume)}, person=person)
    assert found == {"node": None}


@pytest.mark.parametrize("whose", ["foreign feed", "unknown feed", "deleted feed", "unknown resume", "not recommended"])
async def test_what_was_not_recommended_to_the_caller_is_not_found(
    product: Product, database: Database, settings: Settings, whose: str
) -> None:
    person, feed, resume = await recommendation(product, database, settings)
    other, foreign, _ = await recommendation(product, database, settings)
    deleted = await new_feed(product, person)
    await recommended(database, product.clock, deleted, resume)
    delete = "mutation($input: DeleteFeedInput!) { deleteFeed(input: $input) { deletedId errors { code } } }"
    await done(product, delete, person, feedId=encode("Feed", deleted))
    _, another = await candidate(product)
    there = {
        "foreign feed": named(foreign, resume),
        "unknown feed": named(10**15, resume),
        "deleted feed": named(deleted, resume),
        "unknown resume": named(feed, 10**15),
        "not recommended": named(feed, another),
    }[whose]
    before = await rows(database, Recommendation)

    for mutation in (HIDE, RESTORE, READ, ACQUIRE):
        assert await refused(product, mutation, person, **there) == ["NOT_FOUND"]
    assert await refused(product, MARK, person, **there, mark="ENTRY") == ["NOT_FOUND"]
    assert await refused(product, COMMENT, person, **there, content="好") == ["NOT_FOUND"]

    assert await rows(database, Recommendation) == before
    for model in (RecommendationMark, RecommendationComment, AcquiredContact):
        assert await rows(database, model) == []
    assert other.id != person.id


@pytest.mark.parametrize("mutation", [HIDE, RESTORE, READ, ACQUIRE])
async def test_only_recruiters_act(product: Product, mutation: str) -> None:
    student = await product.student()
    name = mutation.partition("{ ")[2].partition("(")[0]

    for person, code in ((student, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        reply = await product.graphql(mutation, {"input": named(1, 1)}, person=person)
        assert top_level(reply) == [(code, [name])]


async def test_a_candidate_hands_the_resume_in(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product)
    tasks = table_of(MatchingTask)
    async with database.transaction() as transaction:
        await transaction.execute(tasks.delete())

    for _ in range(2):
        assert await done(product, SEND, owner, feedId=encode("Feed", feed)) == {"sent": True}

    (row,) = await listed(product, person)
    assert (row["sent"], row["byPartner"], row["resume"]["databaseId"]) == (True, False, resume)
    assert [(task.kind, task.subject_id) for task in await rows(database, MatchingTask)] == [("resume", resume)]


async def test_what_is_handed_in_keeps_what_matching_found(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product)
    await recommended(database, clock, feed, resume, score=66)
    clock.advance(hours=1)

    await done(product, SEND, owner, feedId=encode("Feed", feed))

    (row,) = await listed(product, person)
    assert (row["sent"], row["score"], row["displayedAt"]) == (True, 66, "2026-03-02T02:00:00+00:00")


async def test_what_was_not_shown_is_shown_from_the_moment_it_is_handed_in(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, resume = await candidate(product)
    await recommended(database, clock, feed, resume, is_current=False)
    clock.advance(hours=1)

    await done(product, SEND, owner, feedId=encode("Feed", feed))

    (row,) = await listed(product, person)
    assert row["displayedAt"] == "2026-03-02T03:00:00+00:00"


async def test_what_cannot_be_handed_in(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    owner, _ = await candidate(product)
    nobody = await product.student()

    assert await refused(product, SEND, nobody, feedId=encode("Feed", feed)) == ["NOT_FOUND"]
    assert await refused(product, SEND, owner, feedId=encode("Feed", 10**15)) == ["NOT_FOUND"]
    await done(product, VISIBILITY, owner, visibility="SECRET")
    assert await refused(product, SEND, owner, feedId=encode("Feed", feed)) == ["INVALID_INPUT"]

    assert await rows(database, Recommendation) == []


async def test_a_talent_partner_recommends_a_resume_that_was_handed_to_them(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings)
    feed, closed = await new_feed(product, person, acceptsPartners=True), await new_feed(product, person)
    employer = await new_employer(product)
    applicant = await product.student()
    await applied(product, applicant, employer)
    data = await product.data("{ viewer { resume { databaseId } } }", person=applicant)
    resume = encode("Resume", data["viewer"]["resume"]["databaseId"])
    _, stranger = await candidate(product)
    partner = employer.person

    wanted = {"feedId": encode("Feed", feed)}
    assert await refused(product, RECOMMEND, partner, **wanted, resumeId=encode("Resume", stranger)) == ["NOT_FOUND"]
    assert await refused(product, RECOMMEND, partner, feedId=encode("Feed", closed), resumeId=resume) == [
        "INVALID_INPUT"
    ]
    assert await refused(product, RECOMMEND, partner, feedId=encode("Feed", 10**15), resumeId=resume) == ["NOT_FOUND"]
    reply = await product.graphql(RECOMMEND, {"input": {**wanted, "resumeId": resume}}, person=applicant)
    assert top_level(reply) == [("FORBIDDEN", ["recommendResume"])]
    await done(product, VISIBILITY, applicant, visibility="SECRET")
    assert await refused(product, RECOMMEND, partner, **wanted, resumeId=resume) == ["NOT_FOUND"]
    assert await rows(database, Recommendation) == []
    await done(product, VISIBILITY, applicant, visibility="PUBLIC")

    assert await done(product, RECOMMEND, partner, **wanted, resumeId=resume) == {"recommended": True}

    (row,) = await listed(product, person)
    assert (row["sent"], row["byPartner"]) == (False, True)
    ((action, actor, details),) = await audited(database, "Recommendation")
    assert (action, actor, sorted(details)) == ("recommend_resume", partner.id, ["feed", "resume"])

"""What rows tell of a candidate at a glance; of somebody who signed a contract, before the contact is sold."""

from typing import Any

import pytest

from models.db import Database
from models.settings import Settings
from tests.support.certification import APPROVE, submitted_award, submitted_real_name
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import candidate, named, new_feed, new_recruiter, object_id, recommended, told
from tests.support.platform import done, refused
from tests.support.signing import SIGN, applied, moved, new_employer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

EDUCATION = """mutation($input: SaveEducationInput!) { saveEducation(input: $input) { errors { code } } }"""
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { id } errors { code path }
} }"""
ACCEPT = """mutation($input: RecommendationInput!) { acquireContact(input: $input, acceptSigned: true) {
  recommendation { resume { isSigned contact { name } } } errors { code path } } }"""
LEVELS = """{
  degrees: dictionary(kind: EDUCATION) { number name } awards: dictionary(kind: AWARD_LEVEL) { number name }
}"""


async def tags(product: Product, person: Person, feed: int) -> list[Any]:
    """Those of the rows of the list."""
    reply = await told(product, person, f"/special_feed/feed_list/{object_id(feed)}", {"latest": 0})
    return [row["tags"] for row in reply["data"]]


async def approve(product: Product, *claims: dict[str, Any]) -> None:
    administrator = await product.administrator()
    for claim in claims:
        names = {"certificationId": claim["certification"]["id"], "revision": claim["certification"]["revision"]}
        await done(product, APPROVE, administrator, **names)


async def test_degrees_and_awards_that_were_certified(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    recruiter = await new_recruiter(product, settings)
    feed = await new_feed(product, recruiter)
    person, resume = await candidate(product, educations=[{"school": "重庆大学"}, {"school": "重庆大学"}])
    await recommended(database, clock, feed, resume)
    dictionaries = await product.data(LEVELS, person=person)
    degree, level = ({e["number"]: e["name"] for e in dictionaries[name]} for name in ("degrees", "awards"))
    nothing = {"keywords": ["python"], "schools": ["重庆大学"], "certifications": [], "awards": [], "signed": False}
    award, real_name = await submitted_award(product, person), await submitted_real_name(product, person)
    await submitted_award(product, person, competition="待审核")
    await done(product, EDUCATION, person, institution="重庆大学", level=3, projectExperience="实验室")
    assert await tags(product, recruiter, feed) == [nothing]

    await approve(product, award, real_name)

    expected = nothing | {
        "certifications": ["实名认证", f"重庆大学 {degree[3]}"],
        "awards": [f"CV101榜单活动 {level[1]}"],
    }
    assert await tags(product, recruiter, feed) == [expected]
    await told(product, recruiter, f"/resumes/add_watch/{object_id(resume)}")
    watched = await told(product, recruiter, "/resume/follow/list/")
    assert [row["tags"] for row in watched["data"]] == [expected]


async def test_who_signed_a_contract_is_named_so_and_not_sold_unless_that_is_accepted(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    recruiter, employer = await new_recruiter(product, settings), await new_employer(product)
    feed = await new_feed(product, recruiter)
    person = await product.student()
    application = await applied(product, person, employer, visibility="PUBLIC")
    data = await product.data("{ viewer { resume { databaseId } } }", person=person)
    resume = data["viewer"]["resume"]["databaseId"]
    await recommended(database, clock, feed, resume)
    left = "{ viewer { recruiter { restContacts } } }"

    shown = []
    for move in (None, "AWAITING_SIGNATURE", SIGN):
        if move == SIGN:
            await done(product, SIGN, person, applicationId=application["id"])
        elif move is not None:
            await moved(product, person, employer, application["id"], move)
        shown += [each["signed"] for each in await tags(product, recruiter, feed)]
    assert shown == [False, False, True]
    reply = await product.graphql(ACQUIRE, {"input": named(feed, resume)}, person=recruiter)
    assert reply["data"]["acquireContact"]["errors"] == [{"code": "CANDIDATE_SIGNED", "path": []}]
    assert (await product.data(left, person=recruiter))["viewer"]["recruiter"]["restContacts"] == 20
    told_of = await product.data("{ viewer { notifications { nodes { kind } } } }", person=person)
    assert "CONTACT_ACQUIRED" not in str(told_of)

    for _ in range(2):
        bought = await done(product, ACCEPT, recruiter, **named(feed, resume))
        assert bought["recommendation"]["resume"] == {"isSigned": True, "contact": {"name": "赵一鸣"}}
    assert (await product.data(left, person=recruiter))["viewer"]["recruiter"]["restContacts"] == 19
    # What was bought may be read again without a word.
    assert (await done(product, ACQUIRE, recruiter, **named(feed, resume)))["recommendation"] is not None
    (row,) = (await told(product, recruiter, f"/special_feed/feed_list/{object_id(feed)}", {"latest": 0}))["data"]
    assert (row["contact_info"]["name"], row["tags"]["signed"]) == ("赵一鸣", True)


async def test_without_a_feed_the_contact_is_that_of_the_newest_recommendation(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    recruiter, stranger = await new_recruiter(product, settings), await new_recruiter(product, settings)
    feed = await new_feed(product, recruiter)
    _, resume = await candidate(product)
    await recommended(database, clock, feed, resume)
    there = {"resumeId": named(feed, resume)["resumeId"]}

    assert await refused(product, ACQUIRE, stranger, **there) == ["NOT_FOUND"]
    bought = await done(product, ACCEPT, recruiter, **there)

    assert bought["recommendation"]["resume"] == {"isSigned": False, "contact": {"name": "赵一鸣"}}

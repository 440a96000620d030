"""Resumes as recruiters see them: what is shown of the person, and what only once it was acquired or chosen."""

from typing import Any

import pytest

from models.db import Database
from models.settings import Settings
from schema.engine.node_id import encode
from tests.support.certification import APPROVE, submitted_award, submitted_real_name
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import candidate, named, new_feed, new_recruiter, recommended
from tests.support.platform import done

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

CANDIDATE = """query($id: ID!) { node(id: $id) { ... on CandidateResume {
  position city visibility person { name } contact { name phone }
  certifications { kind } awards { competition level { number } } education { institution level { number } }
  employmentGoal { targetJob }
} } }"""
PRIVATE = ("name", "phone", "idNumber", "registeredAddress", "currentAddress", "emergencyContact", "idCardFront")
TARGET = """mutation($input: UpdateJobTargetInput!) { updateJobTarget(input: $input) { errors { code } } }"""
GOAL = """mutation($input: SetEmploymentGoalInput!) { setEmploymentGoal(input: $input) { errors { code } } }"""
EDUCATION = """mutation($input: SaveEducationInput!) { saveEducation(input: $input) { errors { code } } }"""
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) { errors { code } } }"""
SECRET = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) { errors { code } } }"""
SEEKING = {"status": "SEEKING", "targetCompany": "", "targetJob": "后端", "targetSalary": "", "targetArea": ""}


class Hunt:
    """A recruiter who was recommended somebody."""

    def __init__(self, product: Product, recruiter: Person, person: Person, feed: int, resume: int) -> None:
        self.product, self.recruiter, self.person, self.feed, self.resume = product, recruiter, person, feed, resume

    async def seen(self, by: Person | None = None) -> Any:
        """The candidate, as somebody sees them."""
        variables = {"id": encode("CandidateResume", self.resume)}
        return (await self.product.data(CANDIDATE, variables, person=by or self.recruiter))["node"]


@pytest.fixture
async def hunt(product: Product, settings: Settings, database: Database, clock: Clock) -> Hunt:
    recruiter = await new_recruiter(product, settings)
    person, resume = await candidate(product)
    feed = await new_feed(product, recruiter)
    await recommended(database, clock, feed, resume)
    return Hunt(product, recruiter, person, feed, resume)


async def approve(product: Product, certification: dict[str, Any]) -> None:
    names = {"certificationId": certification["id"], "revision": certification["revision"]}
    await done(product, APPROVE, await product.administrator(), **names)


async def test_only_what_was_certified_shows(product: Product, hunt: Hunt) -> None:
    real_name = await submitted_real_name(product, hunt.person)
    award = await submitted_award(product, hunt.person)
    await submitted_award(product, hunt.person, competition="待审核")
    studies = {"institution": "重庆大学", "level": 3, "projectExperience": "实验室"}
    await done(product, EDUCATION, hunt.person, **studies)
    nothing = await hunt.seen()
    assert (nothing["certifications"], nothing["awards"], nothing["education"]) == ([], [], None)

    await approve(product, award["certification"])
    await approve(product, real_name["certification"])

    shown = await hunt.seen()
    assert sorted(each["kind"] for each in shown["certifications"]) == ["AWARD", "REAL_NAME"]
    assert shown["awards"] == [{"competition": "CV101榜单活动", "level": {"number": 1}}]
    assert shown["education"] == {"institution": "重庆大学", "level": {"number": 3}}


async def test_goals_show_if_their_owner_says_so(product: Product, hunt: Hunt) -> None:
    await done(product, GOAL, hunt.person, **SEEKING)
    assert (await hunt.seen())["employmentGoal"] is None

    await done(product, TARGET, hunt.person, showsGoals=True)
    assert (await hunt.seen())["employmentGoal"] == {"targetJob": "后端"}

    await done(product, TARGET, hunt.person, showsGoals=False)
    assert (await hunt.seen())["employmentGoal"] is None


async def test_who_it_is_shows_once_the_contact_was_acquired_and_while_the_resume_is_public(
    product: Product, hunt: Hunt
) -> None:
    before = await hunt.seen()
    assert (before["person"], before["contact"]) == (None, None)

    await done(product, ACQUIRE, hunt.recruiter, **named(hunt.feed, hunt.resume))
    after = await hunt.seen()
    assert after["contact"] == {"name": "赵一鸣", "phone": "13912340001"}
    assert after["person"] is not None

    await done(product, SECRET, hunt.person, visibility="SECRET")
    assert await hunt.seen() is None


async def test_others_see_no_candidate(product: Product, settings: Settings, hunt: Hunt) -> None:
    for other in (await new_recruiter(product, settings), await product.student(), hunt.person):
        assert await hunt.seen(other) is None
    assert (await hunt.seen(await product.administrator()))["contact"] is None


@pytest.mark.parametrize("field", PRIVATE)
async def test_a_candidate_has_no_private_field(product: Product, hunt: Hunt, field: str) -> None:
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on CandidateResume {{ {field} }} }} }}"
    reply = await product.http.post(
        "/graphql",
        json={"query": query, "variables": {"id": encode("CandidateResume", hunt.resume)}},
        headers=hunt.recruiter.bearer,
    )
    (error,) = reply.json()["errors"]
    assert error["message"].startswith(f"Cannot query field '{field}' on type 'CandidateResume'.")

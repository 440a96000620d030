"""What the tests of feeds share: recruiters, candidates, and recommendations written as matching would."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import insert

from auth.sessions import open_session
from models.db import Database
from models.identity import Api, Role, User, UserRole
from models.settings import Settings
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.recommendations import Recommendation
from models.talent.recruiters import MembershipStatus, Package, Recruiter
from schema.engine.node_id import encode
from tests.support.clients import Clock, Person, Product
from tests.support.platform import done, writing
from tests.support.signing import SUBMIT, resume

FEED: Mapping[str, Any] = {
    "title": "Python开发",
    "jobDescription": "Python\nHtml\nJS",
    "salaryMin": 3000,
    "salaryMax": 5000,
    "keywords": ["python"],
}
"""The shortest feed of the graph."""
FORM: Mapping[str, Any] = {
    "analyze_job_domain": [],
    "categorys": [{"category": "O2O", "id": 7}, {"category": "移动互联网", "id": 14}],
    "company_prefer": [2],
    "expect_area": "北京,上海",
    "job_desc": "Python\nHtml\nJS",
    "job_domain": [7],
    "job_welfare": "不加班,不打卡",
    "keywords": "python",
    "salary_max": 5000,
    "salary_min": 3000,
    "skill_required": "",
    "talent_level": "中级,高级",
    "title": "Python开发",
}
"""The document's form, but for its feed."""
REASONS = [
    {"component": "title", "points": 20.5, "max": 25, "evidence": ["后端开发工程师"], "missing": False},
    {"component": "salary", "points": 2.5, "max": 5, "evidence": [], "missing": True},
]
CREATE = """mutation($input: CreateFeedInput!) { createFeed(input: $input) {
  feed { id databaseId title } errors { code message path }
} }"""
MARK = """mutation($input: MarkRecommendationInput!) { markRecommendation(input: $input) {
  recommendation { mark marks { mark isGood createdAt } } errors { code message path }
} }"""
COMMENT = """mutation($input: CommentRecommendationInput!) { commentRecommendation(input: $input) {
  recommendation { comments { content createdAt } } errors { code message path }
} }"""
TARGET = """mutation($input: UpdateJobTargetInput!) { updateJobTarget(input: $input) {
  resume { id } errors { code path }
} }"""


async def new_recruiter(
    product: Product, settings: Settings, *, feeds: int = 3, contacts: int = 20, days: int = 30
) -> Person:
    """Somebody with the role of a recruiter and a trial package, signed in at the talent feeds."""
    student, now = await product.student(), product.clock.now
    times = {"created_at": now, "updated_at": now}
    package = {"name": "试用", "is_trial": True, "feeds": feeds, "contacts": contacts}
    used = {"feeds_used": 0, "contacts_used": 0, "expires_at": now + timedelta(days=days)}
    member = {"company_id": None, "membership": MembershipStatus.APPROVED, "phone": ""}
    async with writing(settings, product.clock) as scope:
        for model, values in (
            (UserRole, {"role": Role.RECRUITER}),
            (Recruiter, member),
            (Package, {**package, **used}),
        ):
            await scope.transaction.execute(insert(table_of(model)), {"user_id": student.id, **values, **times})
        token, _ = await open_session(
            scope.transaction, scope.services.signer, user_id=student.id, name="", api=Api.HR_FEEDS, now=now
        )
    return Person(student.id, student.account, token.text)


async def call(
    product: Product,
    person: Person | None,
    path: str,
    query: Mapping[str, Any] | None = None,
    *,
    json: Any = None,
    method: str | None = None,
) -> httpx2.Response:
    """A call of the talent feeds: POST with a body, otherwise GET."""
    headers = {}
    if person is not None:
        pair = base64.b64encode(f"{person.id}:{person.token}".encode()).decode()
        headers["Authorization"] = f"Basic {pair}"
    method = method or ("GET" if json is None else "POST")
    return await product.http.request(method, path, params=query, json=json, headers=headers)


async def told(
    product: Product,
    person: Person | None,
    path: str,
    query: Mapping[str, Any] | None = None,
    *,
    json: Any = None,
) -> dict[str, Any]:
    """The reply to a call, whatever its status; always HTTP 200."""
    response = await call(product, person, path, query, json=json)
    assert response.status_code == 200, response.text
    reply: dict[str, Any] = response.json()
    return reply


def object_id(number: int) -> str:
    """An id as the talent feeds write it."""
    return format(number, "024x")


async def new_feed(product: Product, person: Person, **more: Any) -> int:
    """Order a feed; its number."""
    created = await done(product, CREATE, person, feed={**FEED, **more})
    return int(created["feed"]["databaseId"])


async def candidate(product: Product, *, target: Mapping[str, Any] | None = None, **more: Any) -> tuple[Person, int]:
    """Somebody with a public resume, and perhaps a job target; and the number of the resume."""
    person = await product.student()
    await done(product, SUBMIT, person, resume=resume(**{"visibility": "PUBLIC", **more}))
    if target is not None:
        await done(product, TARGET, person, **target)
    data = await product.data("{ viewer { resume { databaseId } } }", person=person)
    return person, int(data["viewer"]["resume"]["databaseId"])


async def new_resumes(database: Database, clock: Clock, count: int) -> list[int]:
    """Bare resumes of as many people; their numbers."""
    values: dict[str, Any] = {
        "name": "钱多多",
        "phone": "13912340002",
        "encrypted_id_number": b"",
        "id_number_lookup": "",
        "age": 24,
        "gender": "unknown",
        "ethnicity": "",
        "marital_status": "single",
        "political_status": "masses",
        "household_type": "urban",
        "visibility": "public",
        "position": "后端开发工程师",
        "created_at": clock.now,
        "updated_at": clock.now,
    }
    resumes = Resume(user_id=0, **values).model_dump(exclude={"id", "user_id"})
    people = [{"name": f"用户{number}", "created_at": clock.now, "updated_at": clock.now} for number in range(count)]
    async with database.transaction() as transaction:
        added = await transaction.fetch_many(_adding(User), people)
        rows = await transaction.fetch_many(_adding(Resume), [{**resumes, "user_id": user.id} for user in added])
    return [row.id for row in rows]


def _adding(model: type) -> Any:
    table = table_of(model)
    return insert(table).returning(table.c.id, sort_by_parameter_order=True)


async def recommended(database: Database, clock: Clock, feed: int, resume: int, **more: Any) -> int:
    """What matching writes; the number of the recommendation."""
    values = {
        "feed_id": feed,
        "resume_id": resume,
        "score": 70,
        "title_score": 80,
        "reasons": REASONS,
        "keywords": ["python"],
        "is_current": True,
        "displayed_at": clock.now,
        "calculated_at": clock.now,
        "sent": False,
        "by_partner": False,
        "created_at": clock.now,
        "updated_at": clock.now,
        **more,
    }
    table = table_of(Recommendation)
    async with database.transaction() as transaction:
        number: int = await transaction.fetch_value(insert(table).returning(table.c.id), values)
    return number


def named(feed: int, resume: int) -> dict[str, str]:
    """The input that names a recommendation."""
    return {"feedId": encode("Feed", feed), "resumeId": encode("CandidateResume", resume)}

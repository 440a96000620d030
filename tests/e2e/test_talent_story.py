"""A recruiter from registration to a contact: the old client's calls, and the same things seen in the graph."""

from typing import Any

import pytest

from models.settings import Settings
from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.feeds import FORM, candidate, object_id, told
from tests.support.outbox import Outbox
from tests.support.platform import done, refused
from tests.support.recruiters import EMAIL, PASSWORD, REGISTRATION, mailed_link, post
from tests.support.waiting import until

PYTHON: dict[str, Any] = {
    "position": "Python开发工程师",
    "workExperiences": [
        {
            "company": "远山科技",
            "position": "Python开发工程师",
            "startTime": "2021-03",
            "endTime": "至今",
            "salary": "5k",
            "description": "用 Python、HTML 和 JavaScript 开发官网",
        }
    ],
}
TARGET = {
    "level": "INTERMEDIATE",
    "salaryMin": 4000,
    "salaryMax": 6000,
    "areas": ["北京"],
    "email": "qian@careers.example",
}
EXPLAINED = """{ viewer { feeds(first: 5) { nodes {
  title isCalculated unreadCount recommendations(first: 10, filter: {}) { nodes {
  score titleScore keywords readAt isWatched mark marks { mark isGood } comments { content }
  reasons { component points max evidence missing }
  resume { position certifications { kind } awards { competition } person { name } contact { name phone email } }
} } } } } }"""
MARK = """mutation($input: MarkRecommendationInput!) { markRecommendation(input: $input) {
  recommendation { mark } errors { code } } }"""
COMMENT = """mutation($input: CommentRecommendationInput!) { commentRecommendation(input: $input) {
  recommendation { id } errors { code } } }"""
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { resume { contact { name phone } } } errors { code } } }"""
QUOTA = "{ viewer { recruiter { restFeeds restContacts company { name } } } }"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With recommendations computed in the background."""
    return settings.model_copy(update={"matching": True})


async def registered(product: Product, outbox: Outbox) -> Person:
    """Register, open the mailed link and sign in, as the document says."""
    reply = await post(product, "/hr/register/", **REGISTRATION)
    assert (reply["status"], reply["username"]) == ("ok", EMAIL)
    credentials = {"username": EMAIL, "password": PASSWORD}
    assert (await post(product, "/hr/login/", **credentials))["status"] == "not_active"
    page = await product.http.get(mailed_link(outbox, EMAIL))
    assert page.status_code == 200
    login = await post(product, "/hr/login/", **credentials)
    assert login["status"] == "ok"
    person = Person(login["auth_info"]["user"], EMAIL, login["auth_info"]["token"])
    valid = await product.http.get(f"/hr/valid_token/{person.id}/{person.token}/")
    assert valid.json()["status"] == "ok"
    return person


async def explained(product: Product, recruiter: Person) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The only feed as the graph shows it, and its recommendations."""
    (feed,) = (await product.data(EXPLAINED, person=recruiter))["viewer"]["feeds"]["nodes"]
    return feed, feed["recommendations"]["nodes"]


async def test_a_recruiter_finds_somebody(product: Product, settings: Settings) -> None:
    recruiter = await registered(product, Outbox(settings.data_dir))
    person, resume_number = await candidate(product, target=TARGET, **PYTHON)
    await candidate(product, position="会计", workExperiences=[{"company": "远山科技", "position": "会计"}])
    resume = object_id(resume_number)

    # The form, and the document's own example.
    empty = await told(product, recruiter, "/special_feed/edit_feed/")
    assert (empty["status"], empty["data"]["calced"]) == ("ok", False)
    assert "北京" in empty["data"]["expect_area"]
    unknown = {**FORM, "feed_id": "55cbfe688230db3518998292"}
    assert (await told(product, recruiter, "/special_feed/submit_feed/", json=unknown))["status"] == "feed_error"
    added = await told(product, recruiter, "/special_feed/submit_feed/", json=FORM)
    assert (added["status"], added["msg"], added["redirect_url"]) == ("ok", "添加成功", "/feed")
    quota = (await product.data(QUOTA, person=recruiter))["viewer"]["recruiter"]
    assert quota == {"restFeeds": 2, "restContacts": 20, "company": {"name": REGISTRATION["company_name"]}}

    # The recommendations are computed in the background.
    page = await told(product, recruiter, "/special_feed/page/")
    feed = page["data"]["all_feed"][0]["feed"]["id"]

    async def calculated() -> bool:
        return bool((await told(product, recruiter, f"/special_feed/edit_feed/{feed}/"))["data"]["calced"])

    await until(calculated)
    listed = await told(product, recruiter, f"/special_feed/feed_list/{feed}")
    counts = ("total_recommend_count", "newest_recommend_count", "total_count", "feed_query_count", "next_start")
    assert [listed[name] for name in counts] == [1, 1, 1, 1, -1]
    (row,) = listed["data"]
    assert (row["resume"]["id"], row["favStatus"], row["contact_info"]) == (resume, False, {})

    # The graph explains them.
    graph, (found,) = await explained(product, recruiter)
    assert (graph["title"], graph["isCalculated"], graph["unreadCount"]) == ("Python开发", True, 1)
    assert found["score"] == round(sum(reason["points"] for reason in found["reasons"]))
    title = next(reason for reason in found["reasons"] if reason["component"] == "TITLE")
    assert title["evidence"]
    assert found["titleScore"] >= 50
    assert "Python" in found["keywords"]
    assert (found["resume"]["contact"], found["resume"]["person"]) == (None, None)

    # Reading, watching, hiding and restoring.
    ids = {"feed_id": feed, "resume_id": resume}
    assert await told(product, recruiter, f"/feed/get/{feed}/{resume}") == {"status": "ok", "msg": "ok"}
    assert await told(product, recruiter, f"/resumes/add_watch/{resume}", {"feed_id": feed}) == {
        "status": "ok",
        "msg": "ok",
    }
    (watched,) = (await told(product, recruiter, "/resume/follow/list/"))["data"]
    assert (watched["feed_id"], watched["resume"]["id"]) == (feed, resume)
    await told(product, recruiter, "/feed/modify_feed_result", {**ids, "reco_index": "-150"})
    assert await explained(product, recruiter) == ({**graph, "unreadCount": 0, "recommendations": {"nodes": []}}, [])
    await told(product, recruiter, "/feed/modify_feed_result", {**ids, "reco_index": "150"})
    _, (restored,) = await explained(product, recruiter)
    assert restored["readAt"] is not None
    assert restored["isWatched"]
    assert (restored["score"], restored["reasons"]) == (found["score"], found["reasons"])

    # What only the graph can do, and the old client sees.
    named = {"feedId": encode("Feed", int(feed, 16)), "resumeId": encode("CandidateResume", resume_number)}
    await done(product, MARK, recruiter, **named, mark="INVITE_INTERVIEW")
    await done(product, COMMENT, recruiter, **named, content="电话沟通顺利")
    acquired = await done(product, ACQUIRE, recruiter, **named)
    assert acquired["recommendation"]["resume"]["contact"] == {"name": "赵一鸣", "phone": "13912340001"}
    (row,) = (await told(product, recruiter, f"/special_feed/feed_list/{feed}", {"latest": 0}))["data"]
    assert row["contact_info"] == {
        "qq": "",
        "phone": "13912340001",
        "name": "赵一鸣",
        "email": "qian@careers.example",
        "resume_id": resume,
    }
    assert [(mark["mark_name"], mark["good_result"]) for mark in row["mark_log"]] == [("已约到面试", True)]
    assert [comment["content"] for comment in row["comment_log"]] == ["电话沟通顺利"]
    assert (await product.data(QUOTA, person=recruiter))["viewer"]["recruiter"]["restContacts"] == 19

    # Nobody else sees or changes any of it.
    other = await candidate(product)
    assert (await product.graphql(EXPLAINED, person=other[0]))["data"]["viewer"]["feeds"]["nodes"] == []
    assert await refused(
        product, MARK, recruiter, **{**named, "resumeId": encode("CandidateResume", 999)}, mark="ENTRY"
    )
    assert person.id

    # Deleting gives the place back.
    assert await told(product, recruiter, f"/feed/delete/{feed}") == {"status": "ok", "msg": "ok"}
    assert (await told(product, recruiter, "/special_feed/page/"))["status"] == "no_feed"
    assert (await product.data(QUOTA, person=recruiter))["viewer"]["recruiter"]["restFeeds"] == 3

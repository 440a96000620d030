"""The cases of feeds, recommendations and the watch list."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from tests.contract.cases import Case, World
from tests.support.feeds import COMMENT, MARK, candidate, named, new_feed, object_id, recommended
from tests.support.platform import done

EDIT = "GET /special_feed/edit_feed/{feed_id}/"
SUBMIT = "POST /special_feed/submit_feed/"
PAGE = "GET /special_feed/page/"
LIST = "GET /special_feed/feed_list/{feed_id}"
DELETE = "GET /feed/delete/{feed_id}"
HIDE = "GET /feed/modify_feed_result"
READ = "GET /feed/get/{feed_id}/{resume_id}"
WATCH = "GET /resumes/add_watch/{resume_id}"
UNWATCH = "GET /resumes/remove_watch/{resume_id}"
WATCH_LIST = "GET /resume/follow/list/"

FIRST = object_id(1)
"""The id of the first feed, of the first resume and of the first recommendation."""
THERE = {"feed_id": FIRST, "resume_id": FIRST}
WATCH_RESUME = """mutation($input: RecommendationInput!) { watchResume(input: $input) {
  watchedResume { id } errors { code }
} }"""
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { id } errors { code }
} }"""
TARGET = {"level": "SENIOR", "salaryMin": 4000, "salaryMax": 6000, "areas": ["成都"], "domains": [7], "qq": "12345"}


async def a_feed(world: World) -> None:
    """The caller has a feed."""
    every = {"companyPreferences": [1], "domains": [7], "companyDomains": [4]}
    assert await new_feed(world.product, world.person, **every) == 1


async def a_recommendation(world: World) -> None:
    """The caller's feed was recommended a resume."""
    await a_feed(world)
    _, resume = await candidate(world.product, target=TARGET)
    assert (resume, await recommended(world.database, world.clock, 1, resume)) == (1, 1)


async def an_acquired_contact(world: World) -> None:
    """The caller marked and commented on the recommendation, and knows how to reach the candidate."""
    await a_recommendation(world)
    there = named(1, 1)
    await done(world.product, ACQUIRE, world.person, **there)
    await done(world.product, MARK, world.person, **there, mark="INVITE_INTERVIEW")
    await done(world.product, COMMENT, world.person, **there, content="周三下午面试")


async def a_watched_resume(world: World) -> None:
    """The caller watches the resume that was recommended."""
    await a_recommendation(world)
    await done(world.product, WATCH_RESUME, world.person, **named(1, 1))


def is_a_feed_error(response: httpx2.Response) -> None:
    """The document's own feed is nobody's."""
    assert response.json()["status"] == "feed_error"


def cases(keys: Callable[..., Callable[[httpx2.Response], None]]) -> Mapping[str, tuple[Case, ...]]:
    """The cases; `keys` makes the check that a success has the documented keys and these values."""

    def of(row: str, step: Any, check: Mapping[str, Any] | None = None, **request: Any) -> tuple[Case, ...]:
        return (Case(0, (step,), check=keys(row, **(check or {})), **request),)

    return {
        EDIT: of(EDIT, a_feed, route={"feed_id": FIRST}),
        SUBMIT: (
            *of(SUBMIT, a_feed, {"msg": "保存成功", "redirect_url": "/feed"}, body={"feed_id": FIRST}),
            Case(None, check=keys(SUBMIT, msg="添加成功"), body={"feed_id": ""}),
            Case(None, check=is_a_feed_error),
        ),
        PAGE: of(PAGE, a_feed),
        LIST: of(LIST, an_acquired_contact, {"total_count": 1, "next_start": -1}, route={"feed_id": FIRST}),
        DELETE: of(DELETE, a_feed, {"msg": "ok"}, route={"feed_id": FIRST}),
        HIDE: of(HIDE, a_recommendation, {"msg": "ok"}, query={**THERE, "reco_index": -150}),
        READ: of(READ, a_recommendation, {"msg": "ok"}, route=THERE),
        WATCH: of(WATCH, a_recommendation, {"msg": "ok"}, route={"resume_id": FIRST}, query={"feed_id": FIRST}),
        UNWATCH: of(UNWATCH, a_watched_resume, {"msg": "ok"}, route={"resume_id": FIRST}, query={"feed_id": FIRST}),
        WATCH_LIST: of(WATCH_LIST, a_watched_resume, {"msg": "ok"}),
    }


BEYOND = {"GET /special_feed/edit_feed": "the document names the path without an id in its title alone"}

"""Recommendations: the list of a feed, and actions on its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.policies import recruiter
from rest_compat.binding import Parameter
from rest_compat.converters import Boolean, Code, Converter, Integer
from rest_compat.endpoint import Endpoint, Failure
from rest_compat.hr_feeds import failures
from rest_compat.hr_feeds.candidates import RECOMMENDATION
from rest_compat.hr_feeds.forms import MAX_INT, Names
from rest_compat.hr_feeds.shapes import ObjectId
from rest_compat.reply import Constant, Each, Via
from schema.engine.errors import ErrorCode

HIDES = {-150: True, 150: False}
"""Whether a `reco_index` hides a recommendation, or restores it."""


@dataclass(frozen=True, slots=True)
class PageFromZero(Converter):
    """The number of a page, from 0, as the graph counts it: from 1."""

    def convert(self, value: Any) -> int:
        """The number."""
        return Integer(0, MAX_INT - 1).convert(value) + 1

    @property
    def json_schema(self) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "minimum": 0}


def _next_start(data: Mapping[str, Any]) -> int:
    """The next page, counted from 0; -1 where there is none."""
    has_next = data["viewFeed"]["feed"]["recommendations"]["pageInfo"]["hasNextPage"]
    return int(data["$"]["page"]) if has_next else -1


def _start(page: int) -> int:
    """The page that was asked for, counted from 0."""
    return page - 1


_START = Via(_start, "$.page")
_LIST = "viewFeed.feed.recommendations"
_NOTHING = Failure(
    "ok",
    "ok",
    data={
        **{name: Constant(0) for name in ("total_recommend_count", "total_count")},
        **{name: Constant(0) for name in ("newest_recommend_count", "feed_query_count")},
        "start": _START,
        "next_start": Constant(-1),
        "data": Constant([]),
    },
)
"""The list of somebody else's feed, or of none: nobody learns that it is there."""


FEED = {"feed_id": Parameter("input.feedId", ObjectId("Feed"), required=True, about="定制 id")}
OPTIONAL_FEED = {
    "feed_id": Parameter("input.feedId", ObjectId("Feed"), about="定制 id；不传则为推荐过该简历的最新定制")
}
RESUME = {"resume_id": Parameter("input.resumeId", ObjectId("CandidateResume"), required=True, about="简历 id")}


def _flag(name: str, about: str, default: bool | None = None) -> Parameter:
    return Parameter(f"filter.{name}", Boolean(), default=default, about=about)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/special_feed/feed_list/{feed_id}",
        "用户定制推荐简历的列表",
        "feed_list",
        recruiter,
        failures.INTERNAL,
        route={"feed_id": Parameter("feed", ObjectId("Feed"), required=True, about="定制 id")},
        query={
            "start": Parameter("page", PageFromZero(), default=1, about="开始页数，从 0 起，每页 5 条"),
            "latest": _flag("unread", "是否未读，0 或者 1，默认 1", default=True),
            "send": _flag("sent", "是否投递，0 或者 1"),
            "partner": _flag("byPartner", "是否人才伙伴推荐，0 或者 1"),
            "title_match": _flag("titleMatch", "职位匹配，0 或者 1"),
            "extend_match": _flag("extendedMatch", "扩展匹配，0 或者 1"),
            "reco_time": Parameter(
                "filter.days",
                Integer(minimum=1, cap=30),
                about="推荐时间：最近多少天，最多 30；title_match 为 1 时不起作用",
                ignored_when=("title_match", ("1", "true")),
            ),
            "current_area": Parameter("filter.areas", Names(), about="期望工作城市；没有期望的看现居地"),
            "salary_min": Parameter("filter.salaryMin", Integer(0, MAX_INT), about="最低薪资"),
            "salary_max": Parameter("filter.salaryMax", Integer(0, MAX_INT), about="最高薪资"),
        },
        reply={
            "total_recommend_count": "viewFeed.feed.recommendationCount",
            "total_count": f"{_LIST}.totalCount",
            "newest_recommend_count": "viewFeed.feed.unreadCount",
            "feed_query_count": f"{_LIST}.totalCount",
            "start": _START,
            "next_start": Via(_next_start),
            "data": Each(f"{_LIST}.nodes", RECOMMENDATION),
        },
        unknown={"feed_id": failures.FEED_ERROR},
        errors={ErrorCode.NOT_FOUND: _NOTHING},
    ),
    Endpoint(
        "GET",
        "/feed/modify_feed_result",
        "删除推荐结果",
        "hide_or_restore",
        recruiter,
        failures.INTERNAL,
        query={
            **FEED,
            **RESUME,
            "reco_index": Parameter("hides", Code(HIDES), required=True, about="-150 删除，150 恢复"),
        },
    ),
    Endpoint(
        "GET",
        "/feed/get/{feed_id}/{resume_id}",
        "查看定制",
        "read_recommendation",
        recruiter,
        failures.INTERNAL,
        route={**FEED, **RESUME},
    ),
)

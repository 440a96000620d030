"""Feeds: their form, list and deletion."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auth.policies import recruiter
from rest_compat.binding import Parameter
from rest_compat.converters import Integer, Text
from rest_compat.endpoint import Endpoint, Failure, Outcome
from rest_compat.hr_feeds import failures
from rest_compat.hr_feeds.candidates import CATEGORIES, LEVELS, word
from rest_compat.hr_feeds.forms import MAX_INT, Names, Numbers, OptionalFeed
from rest_compat.hr_feeds.shapes import Joined, ObjectId, object_id, seconds
from rest_compat.reply import Constant, Each, Or, Part, Source, Via
from schema.engine.errors import ErrorCode

NOBODY = Outcome("viewer", failures.NO_AUTH, missing=True)
"""The user is gone since the token was checked."""
NO_PLACE = failures.failure("no_feed", "没有剩余定制可以使用")


def _level_words(levels: list[str]) -> list[str]:
    return [name for level in levels for name, value in LEVELS.items() if value == level]


def _levels_in_one(levels: list[str]) -> str:
    return ", ".join(_level_words(levels))


def _has_places(places: int) -> bool:
    return places > 0


def _saved_or_added(sent: Mapping[str, Any]) -> str:
    return "保存成功" if sent.get("feedId") else "添加成功"


_DOMAIN = {"id": "number", "category": "name"}
_PROFILE = "viewer.recruiter.company.profile."
_DOMAINS = Each(f"{_PROFILE}domains", _DOMAIN)
_COMPANY: Mapping[str, Any] = {
    "url": Or(f"{_PROFILE}url", ""),
    "product_url": Or(f"{_PROFILE}productUrl", ""),
    "company_stage": Or(f"{_PROFILE}stage", ""),
    "company_name": Or("viewer.recruiter.company.name", ""),
    "key_points": Or(f"{_PROFILE}keyPoints", ""),
    "desc": Or(f"{_PROFILE}description", ""),
}
_OPTIONS: Mapping[str, Any] = {
    "company_prefer": Each("preferences", {"id": "number", "name": "name"}),
    "expect_area": Each("cities", "name"),
    "job_welfare": Each("welfare", "name"),
}
_NEW: Mapping[str, Any] = {
    **{name: Constant("") for name in ("skill_required", "job_desc", "title")},
    **{name: Constant(0) for name in ("salary_min", "salary_max")},
    **{name: Constant([]) for name in ("keywords", "talent_level", "expect_area", "company_prefer")},
    **{name: Constant([]) for name in ("job_welfare", "job_domain")},
}
_HELD: Mapping[str, Any] = {
    "skill_required": "node.skillRequired",
    "keywords": "node.keywords",
    "job_desc": "node.jobDescription",
    "salary_min": "node.salaryMin",
    "salary_max": "node.salaryMax",
    "talent_level": Via(_level_words, "node.levels"),
    "expect_area": "node.areas",
    "title": "node.title",
    "company_prefer": Each("node.companyPreferences", {"id": "number", "name": "name"}),
    "job_welfare": "node.welfare",
    "job_domain": Each("node.domains", _DOMAIN),
}


@dataclass(frozen=True, slots=True)
class Domains(Part):
    """The company's domains that a feed names or, where it names none, those of the company."""

    shows = (_DOMAINS,)

    def expression(self, source: Source, data: str) -> str:
        """The entries."""
        named = source.each(data, "node.companyDomains", _DOMAIN)
        return f"({named} or {source.expression(_DOMAINS, data)})"


_FEED: Mapping[str, Any] = {
    "last_click_time": seconds("viewedAt"),
    "start_time": seconds("createdAt"),
    "job_type": word(CATEGORIES, "category"),
    "feed_type": Constant("special"),
    "partner_feed": "acceptsPartners",
    "job_desc": "jobDescription",
    "keywords": Joined("keywords"),
    "has_expire": "hasEnded",
    "expire_status": "isIdle",
    "id": object_id("databaseId"),
    "salary_min": "salaryMin",
    "salary_max": "salaryMax",
    "talent_level": Via(_levels_in_one, "levels"),
    "expect_area": Joined("areas"),
    "title": "title",
    "unread_count": "unreadCount",
}
_PAGE: Mapping[str, Any] = {
    "data": {
        "all_feed": Each("viewer.feeds.nodes", {"feed": _FEED}),
        "has_rest_feed": Or(Via(_has_places, "viewer.recruiter.restFeeds"), False),
        "vip_user": Or("viewer.recruiter.isVip", False),
    }
}
_SUBMITTED: Mapping[str, Any] = {
    "msg": Via(_saved_or_added, "$.input"),
    "feed_id": object_id("submitFeed.feed.databaseId"),
    "redirect_url": Constant("/feed"),
    "username": Or("submitFeed.feed.user.email", ""),
}
"""There is no beginner's mission: it never began, and is not shown."""


def _edit(path: str, operation: str, feed: Mapping[str, Any], domains: Part, calced: Any, **more: Any) -> Endpoint:
    """The form of a feed with what it offers to choose from."""
    return Endpoint(
        "GET",
        path,
        "新增（编辑）定制（获取表单填写信息）",
        operation,
        recruiter,
        failures.INTERNAL,
        reply={
            "data": {
                "feed": {**feed, "company": {"categroys": domains, **_COMPANY}},
                "company": {"categorys": domains, **_COMPANY},
                **_OPTIONS,
                "calced": calced,
            }
        },
        **more,
    )


def _form(variable: str, converter: Any, about: str, blank: Any = None) -> Parameter:
    """A field of the form; one with a blank must be there."""
    return Parameter(f"input.feed.{variable}", converter, required=blank is not None, about=about, blank=blank)


ENDPOINTS: tuple[Endpoint, ...] = (
    _edit(
        "/special_feed/edit_feed/{feed_id}/",
        "edit_feed",
        _HELD,
        Domains(),
        "node.isCalculated",
        route={"feed_id": Parameter("feed", ObjectId("Feed"), required=True, about="定制 id")},
        unknown={"feed_id": failures.FEED_ERROR},
        outcomes=(NOBODY, Outcome("node", failures.FEED_ERROR, missing=True)),
    ),
    _edit(
        "/special_feed/edit_feed/",
        "new_feed",
        _NEW,
        _DOMAINS,
        Constant(False),
        outcomes=(NOBODY, Outcome("viewer.recruiter.restFeeds", failures.NO_REST_FEED, missing=True)),
    ),
    Endpoint(
        "POST",
        "/special_feed/submit_feed/",
        "提交（更新）定制",
        "submit_feed",
        recruiter,
        failures.INTERNAL,
        body={
            "feed_id": Parameter("input.feedId", OptionalFeed(), about="定制 id；不传则新增"),
            "title": _form("title", Text(), "职位名称，最多 64 个字符", ""),
            "keywords": _form("keywords", Names(), "关键词，以逗号分隔，1 至 15 个", []),
            "job_desc": _form("jobDescription", Text(), "职位描述，最多 1000 个字符", ""),
            "salary_min": _form("salaryMin", Integer(-MAX_INT, MAX_INT), "最低薪资，1000 至 1000000", 0),
            "salary_max": _form(
                "salaryMax", Integer(-MAX_INT, MAX_INT), "最高薪资，不超过最低薪资的 2 倍；0 至 1000000 表示面议", 0
            ),
            "talent_level": _form("levels", Names(LEVELS), "人才级别，以逗号分隔：初级、中级、高级、专家"),
            "expect_area": _form("areas", Names(), "期望工作城市，以逗号分隔"),
            "company_prefer": _form("companyPreferences", Numbers(), "人才偏好"),
            "job_domain": _form("domains", Numbers(), "职位领域"),
            "categorys": _form("companyDomains", Numbers(), "公司领域"),
            "job_welfare": _form("welfare", Names(), "工作福利，以逗号分隔"),
            "skill_required": _form("skillRequired", Text(), "技能要求，最多 1000 个字符"),
        },
        reply=_SUBMITTED,
        errors={ErrorCode.NOT_FOUND: failures.FEED_ERROR, ErrorCode.QUOTA_EXHAUSTED: NO_PLACE},
        always={"errors": {}, "redirect_url": "", "username": "", "mission_time": 0, "show_mission": False},
        is_form=True,
    ),
    Endpoint(
        "GET",
        "/special_feed/page/",
        "用户定制列表",
        "feeds",
        recruiter,
        failures.INTERNAL,
        reply=_PAGE,
        outcomes=(
            NOBODY,
            Outcome(
                "viewer.feeds.nodes",
                Failure(failures.NO_FEED.code, failures.NO_FEED.message, data=_PAGE),
                missing=True,
            ),
        ),
    ),
    Endpoint(
        "GET",
        "/feed/delete/{feed_id}",
        "删除定制",
        "delete_feed",
        recruiter,
        failures.INTERNAL,
        route={"feed_id": Parameter("input.feedId", ObjectId("Feed"), required=True, about="定制 id")},
        unknown={"feed_id": failures.FEED_ERROR},
        errors={ErrorCode.NOT_FOUND: failures.FEED_ERROR},
    ),
)

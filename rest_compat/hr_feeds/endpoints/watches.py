"""The watch list."""

from collections.abc import Mapping

from auth.policies import recruiter
from rest_compat.binding import Parameter
from rest_compat.converters import Choice, Text
from rest_compat.endpoint import Endpoint, Failure
from rest_compat.hr_feeds import failures
from rest_compat.hr_feeds.candidates import WATCHED
from rest_compat.hr_feeds.endpoints.feeds import NOBODY
from rest_compat.hr_feeds.endpoints.recommendations import OPTIONAL_FEED, RESUME
from rest_compat.reply import Each
from schema.engine.errors import ErrorCode

SEARCH_FIELDS = {
    "position_title": "POSITION",
    "company_name": "COMPANY",
    "name": "NAME",
    "school": "SCHOOL",
    "all": "ALL",
}


def _change(path: str, title: str, operation: str, errors: Mapping[str, Failure] | None = None) -> Endpoint:
    return Endpoint(
        "GET",
        path,
        title,
        operation,
        recruiter,
        failures.INTERNAL,
        route=RESUME,
        errors=errors or {},
        query=OPTIONAL_FEED,
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    _change(
        "/resumes/add_watch/{resume_id}",
        "添加收藏",
        "watch_resume",
        {ErrorCode.LIMIT_REACHED: failures.WATCH_LIST_FULL},
    ),
    _change("/resumes/remove_watch/{resume_id}", "删除收藏", "unwatch_resume"),
    Endpoint(
        "GET",
        "/resume/follow/list/",
        "收藏列表详情",
        "watch_list",
        recruiter,
        failures.INTERNAL,
        query={
            "search_fields": Parameter("filter.field", Choice(SEARCH_FIELDS), about="搜索类型，默认 all"),
            "keywords": Parameter("filter.text", Text(), about="搜索关键词"),
        },
        reply={"data": Each("viewer.watchedResumes.nodes", WATCHED)},
        outcomes=(NOBODY,),
    ),
)

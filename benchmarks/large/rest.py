"""The documented calls of the REST APIs, with parameters that make sense on the large database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.large.tables import ADMINISTRATOR, DEVELOPER, HANDLER, RECRUITER, STUDENT

DEEP = 50_000
"""A page that only the largest lists have."""


@dataclass(frozen=True, slots=True)
class Call:
    """A documented call: its row, what it is sent with, and by whom.

    `{round}` in a body stands for the number of the round: some writes take each value once.
    """

    row: str
    caller: int | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    route: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None

    @property
    def name(self) -> str:
        """What it is called in reports."""
        asked = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.row}{f'?{asked}' if asked else ''}"


def _searches(row: str, caller: int | None, *queries: Mapping[str, Any], **route: Any) -> tuple[Call, ...]:
    """The call without filters, and with each of these."""
    return tuple(Call(row, caller, query, route) for query in ({}, *queries))


_USERS, _POSTS = "GET /api/v1/user/search", "GET /api/v1/post/search"
_CLOCK_INS, _FEED = "GET /api/v1/clock_in/search", "GET /special_feed/feed_list/{feed_id}"
_WATCHED, _PROJECTS = "GET /resume/follow/list/", "GET /api/project/paginate"

RECORDER = (
    Call("POST /api/v1/user/login", json={"account": "3000000009", "password": "000009"}),
    Call(
        "POST /api/v1/user/import",
        ADMINISTRATOR,
        json={"list": [{"account": "4{round:09}", "name": "学生", "class": "1班", "major": "软工"}]},
    ),
    Call("PUT /api/v1/user/update/info", STUDENT, json={"class": "一班", "major": "软件工程"}),
    Call("GET /api/v1/user/target", STUDENT),
    Call("GET /api/v1/user/info", STUDENT),
    *_searches(
        _USERS,
        ADMINISTRATOR,
        {"page": DEEP},
        {"page": 9_999},
        {"page_size": 10_000},
        {"account": "30000012"},
        {"account": "3000001234"},
        {"name": "学生1234"},
        {"name": "没有"},
        *({"direction": direction} for direction in range(4)),
        {"keyword": "1234"},
        {"keyword": "没有"},
        {"keyword": "生"},
        {"account": "3000001234", "name": "1234", "direction": 0, "keyword": "1"},
    ),
    Call(
        "POST /api/v1/emgl/add",
        STUDENT,
        json={"status": 1, "target_company": "菜鸟", "target_job": "后端"}
        | {"target_salary": "20", "target_area": "重庆"},
    ),
    Call(
        "POST /api/v1/pggl/add",
        STUDENT,
        json={"target_university": "重邮", "target_major": "软工"} | {"target_score": 380},
    ),
    Call("DELETE /api/v1/user/dire/del", STUDENT, json={"direction": 1}),
    Call("POST /api/v1/clock_in/add", STUDENT, json={"location": "图书馆"}),
    Call("GET /api/v1/clock_in/is_clock_in", STUDENT),
    *_searches(
        _CLOCK_INS,
        STUDENT,
        {"page": 9_999},
        {"page": DEEP},
        {"uid": STUDENT},
        {"date": "{yesterday}"},
        {"time_slot": 1},
        {"time_slot": 1, "page": 9_999},
        {"date": "{yesterday}", "time_slot": 1},
        {"uid": STUDENT, "date": "{yesterday}", "time_slot": 1},
        {"uid": STUDENT, "time_slot": 1},
    ),
    Call("GET /api/v1/pgee/cd", STUDENT),
    Call(
        "POST /api/v1/wl/add", STUDENT, json={"company_name": "公司", "job": "后端", "salary": "20", "location": "重庆"}
    ),
    Call("PUT /api/v1/wl/status/add", 1_000_002, json={"id": 1, "create_time": 228304523029, "status": "拿到offer"}),
    Call("GET /api/v1/wl/list", STUDENT),
    Call("GET /api/v1/wl/list", ADMINISTRATOR, {"uid": STUDENT}),
    Call("POST /api/v1/post/add", STUDENT, json={"title": "心得", "content": "学习"}),
    Call("POST /api/v1/post/comment/add", STUDENT, json={"id": 1, "content": "谢谢"}),
    *_searches(_POSTS, STUDENT, {"page": 9_999}, {"page": DEEP}, {"uid": STUDENT}, {"uid": STUDENT, "page": 999}),
    Call("DELETE /api/v1/post/del", ADMINISTRATOR, json={"id": "{round:}"}),
    Call("GET /api/v1/ver"),
)
SIGN_CLOUD = (
    *(Call(f"GET /{path}", HANDLER) for path in ("em_status", "employee", "work_pos", "handlers", "companies")),
    Call("GET /dict/{dict_item}", HANDLER, route={"dict_item": "EDUCATION"}),
    Call("GET /captcha"),
)
ATTENDANCE = (
    Call(
        "POST /admin/user/register/",
        json={"username": "large{round:}", "password": "1234567a", "confirm_password": "1234567a"},
    ),
    Call("POST /admin/user/login/", json={"username": "nobody", "password": "1234567a"}),
)
DEVELOPERS = (
    Call("GET /api/me", DEVELOPER),
    Call("POST /api/login", json={"username": "nobody", "password": "a123456."}),
    *_searches(
        _PROJECTS,
        DEVELOPER,
        {"page": 100},
        {"page": DEEP},
        {"q": "河流"},
        {"q": "没有"},
        {"q": "1234"},
        {"per_page": 100},
    ),
    Call("GET /api/project/base/{project_id}", DEVELOPER, route={"project_id": 1}),
    *(
        Call(f"GET /api/user/{path}", DEVELOPER)
        for path in (
            "authenticate",
            *(
                f"authenticate/{kind}"
                for kind in ("certificate-type", "domain", "education", "position", "award-level")
            ),
            "base",
            "base/research-direction",
            "level-credit",
            "mirror",
            "participate-project",
        )
    ),
    Call(
        "PUT /api/user/authenticate/educational-info",
        DEVELOPER,
        json={"institution": "重邮", "education_id": 1, "project_experience": "无"},
    ),
    Call(
        "PUT /api/user/authenticate/job-info",
        DEVELOPER,
        json={"organization": "某公司", "position_id": 1, "domain_id": [1], "project_experience": "无"},
    ),
    Call(
        "PUT /api/user/base",
        DEVELOPER,
        json={"province": "重庆", "city": "重庆", "county": "", "is_overseas": 0, "research_direction_id": [1]},
    ),
)
_RESUME = {"feed_id": 1, "resume_id": 2}
HR_FEEDS = (
    Call("POST /hr/login/", json={"username": "nobody@example.com", "password": "123456"}),
    Call("GET /special_feed/page/", RECRUITER),
    Call("GET /special_feed/edit_feed/{feed_id}/", RECRUITER, route={"feed_id": 1}),
    *_searches(
        _FEED,
        RECRUITER,
        {"start": 50},
        {"latest": 0},
        {"send": 1},
        {"partner": 1},
        {"title_match": 1},
        {"extend_match": 1},
        {"reco_time": 7},
        {"current_area": "重庆"},
        {"salary_min": 5000},
        {"salary_max": 50_000},
        feed_id=1,
    ),
    Call("GET /feed/get/{feed_id}/{resume_id}", RECRUITER, route=_RESUME),
    Call("GET /feed/modify_feed_result", RECRUITER, {**_RESUME, "reco_index": -1}),
    Call("GET /resumes/add_watch/{resume_id}", RECRUITER, {"feed_id": 1}, {"resume_id": 2}),
    Call("GET /resumes/remove_watch/{resume_id}", RECRUITER, {"feed_id": 1}, {"resume_id": 2}),
    *_searches(
        _WATCHED,
        RECRUITER,
        *(
            {"search_fields": where, "keywords": text}
            for where in ("all", "position", "company", "name", "school")
            for text in ("重", "没有")
        ),
    ),
)
CALLS: Mapping[str, tuple[Call, ...]] = {
    "recorder": RECORDER,
    "sign cloud": SIGN_CLOUD,
    "attendance": ATTENDANCE,
    "developer platform": DEVELOPERS,
    "talent feeds": HR_FEEDS,
}

"""The recorder's formats of the graph's values: times, codes for enums, and the rows of its lists."""

from typing import Any

from rest_compat import instants
from rest_compat.binding import Parameter
from rest_compat.converters import Choice, Code, Integer, Text
from rest_compat.reply import Each, Object, Or, Via, compiled
from schema.engine.errors import ErrorCode

ACCOUNT_LENGTH = 10


def time(path: str) -> Via:
    """RFC 3339 in Shanghai time, to the second."""
    return Via(instants.in_shanghai, path)


def seconds(path: str) -> Via:
    """Unix time in seconds."""
    return Via(instants.seconds, path)


def milliseconds(path: str) -> Via:
    """Unix time in milliseconds."""
    return Via(instants.milliseconds, path)


def text(variable: str, about: str = "", *, required: bool = True) -> Parameter:
    """A text parameter."""
    return Parameter(variable, Text(), required=required, about=about)


DIRECTION_CODES = {"POSTGRADUATE": 1, "EMPLOYMENT": 2}
DIRECTION_CODE = Code({code: name for name, code in DIRECTION_CODES.items()})
STATUS_CODES = {"SEEKING": 1, "OFFER_RECEIVED": 2}
STATUS = Code({code: name for name, code in STATUS_CODES.items()})
STAGE = Code({1: "IN_PROGRESS", 2: "SUCCEEDED", 3: "FAILED"})
SLOT = Choice({"上午": "MORNING", "下午": "AFTERNOON", "晚上": "EVENING", "全天": None})
PURSUED = Code(
    {
        0: {"pursuesPostgraduate": False, "pursuesEmployment": False},
        1: {"pursuesPostgraduate": True},
        2: {"pursuesEmployment": True},
        3: {"pursuesPostgraduate": True, "pursuesEmployment": True},
    }
)
PERMISSION = Via({False: 1, True: 2}.__getitem__, "isAdministrator")


def _direction_codes(names: list[str]) -> list[int]:
    return [DIRECTION_CODES[name] for name in names]


def _direction_sum(names: list[str]) -> int:
    return sum(_direction_codes(names))


DIRECTION_LIST = Via(_direction_codes, "directions")
DIRECTION = Via(_direction_sum, "directions")
"""One number: 0 none, 1 考研, 2 就业, 3 both."""

PAGE_PARAMETERS = {
    "page": Parameter("page", Integer(minimum=1, maximum=2**31 - 1), default=1, about="页码"),
    "page_size": Parameter("first", Integer(minimum=1, cap=100), default=10, about="每页数据个数，最多 100"),
}


def page(root: str, row: Any) -> dict[str, Any]:
    """A numbered page of a connection."""
    return {
        "page": "$.page",
        "page_size": "$.first",
        "rows": Each(f"{root}.nodes", row),
        "total": f"{root}.totalCount",
    }


TIMES = {"id": "databaseId", "created_at": time("createdAt"), "updated_at": time("updatedAt")}

LOGIN_USER = {**TIMES, "account": Or("account", ""), "name": "name", "permission": PERMISSION}
USER = {**LOGIN_USER, "direction": DIRECTION}
EMPLOYMENT_GOAL = {
    **TIMES,
    "uid": "user.databaseId",
    "status": Via(STATUS_CODES.__getitem__, "status"),
    "target_company": "targetCompany",
    "target_job": "targetJob",
    "target_salary": "targetSalary",
    "target_area": "targetArea",
}
POSTGRADUATE_GOAL = {
    **TIMES,
    "uid": "user.databaseId",
    "target_university": "targetUniversity",
    "target_major": "targetMajor",
    "target_score": "targetScore",
}
BOTH_GOALS = {
    "empl_goal": Object("employmentGoal", EMPLOYMENT_GOAL),
    "pg_goal": Object("postgraduateGoal", POSTGRADUATE_GOAL),
}
_both_goals = compiled(BOTH_GOALS)


def _one_or_both(user: Any) -> Any:
    goals = _both_goals(user)
    held = [goal for goal in goals.values() if goal is not None]
    return goals if len(held) == 2 else next(iter(held), None)


SEARCHED_USER = {
    "goal": Via(_one_or_both, shows=(BOTH_GOALS, *BOTH_GOALS.values())),
    "user": USER,
}
CLOCK_IN = {
    **TIMES,
    "uid": "user.databaseId",
    "clock_in_time": seconds("clockedInAt"),
    "clock_in_location": "location",
}
WORK_LOG = {
    **TIMES,
    "uid": "user.databaseId",
    "company_name": "companyName",
    "job": "job",
    "salary": "salary",
    "location": "location",
    "status_time_line": Each("statusLines", {"created_at": milliseconds("recordedAt"), "status": "status"}),
}
AUTHOR_ID = Or("author.databaseId", 0)
"""An anonymous author is 0."""
POST = {
    **TIMES,
    "uid": AUTHOR_ID,
    "tittle": "title",
    "content": "content",
    "comments": Each("comments.nodes", {"uid": AUTHOR_ID, "created_at": seconds("createdAt"), "content": "content"}),
}


def _rejection(row: dict[str, Any]) -> str:
    account = row["account"]
    if row["code"] == ErrorCode.CREDENTIAL_TAKEN:
        return f"Error 1062: Duplicate entry '{account}' for key 'users.account'"
    if len(account) != ACCOUNT_LENGTH:
        return "账号长度必须为10位学号"
    return str(row["message"])


REJECTION = Via(_rejection)
"""Why a row was not imported, in the words of the original."""

"""The recorder's formats of the graph's values: times, codes for enums, and the rows of its lists."""

import re
from dataclasses import dataclass
from typing import Any

from rest_compat import instants
from rest_compat.binding import Parameter
from rest_compat.converters import Choice, Code, Integer, NodeId, Text
from rest_compat.reply import Each, Object, Or, Via, compiled
from schema.engine import node_id
from schema.engine.errors import ErrorCode
from schema.engine.shapes import At, Under
from schema.engine.shapes import Or as ShapeOr

_ACCOUNT = re.compile(r"[A-Za-z0-9]{10}")
_NO_ACCOUNT = re.compile(r"\S+ 必须为 10 个字母或数字")
"""What the graph says of an account that is none, for which the document has words of its own."""


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


@dataclass(frozen=True, slots=True)
class UserOrSelf(NodeId):
    """The number of a user; 0 is the caller, whom the graph takes to be meant where nobody is named."""

    type_name: str = "User"

    def convert(self, value: Any) -> str | None:  # type: ignore[override]
        """The opaque id, or None."""
        id_ = NodeId.convert(self, value)
        return None if id_ == node_id.encode(self.type_name, 0) else id_


DIRECTION_CODES = {"POSTGRADUATE": 1, "EMPLOYMENT": 2}
DIRECTION_CODE = Code({code: name for name, code in DIRECTION_CODES.items()})
STATUS_CODES = {"SEEKING": 1, "OFFER_RECEIVED": 2}
STATUS = Code({code: name for name, code in STATUS_CODES.items()})
STAGE_CODES = {"IN_PROGRESS": 1, "SUCCEEDED": 2, "FAILED": 3}
STAGE = Code({code: name for name, code in STAGE_CODES.items()})
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


def _score(score: float) -> int | float:
    """Without a fraction where there is none, as the document shows it."""
    return int(score) if score == int(score) else score


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

LOGIN_USER = {
    **TIMES,
    "account": Or("account", ""),
    "name": "name",
    "permission": PERMISSION,
    "class": "className",
    "major": "major",
}
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
    "target_score": Via(_score, "targetScore"),
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
NAMED = {"id": "databaseId", "account": Or("account", ""), "name": "name"}
"""Who somebody is, to whoever is signed in."""
_named = compiled(NAMED)


_NAMED_AUTHOR = Under(
    "named", {"id": At("databaseId"), "account": ShapeOr(At("account"), ""), "name": At("name")}, True
)


def _author(row: Any) -> Any:
    """Who wrote it; the operation asks for that only where the caller is signed in."""
    author = row.get("named")
    return None if author is None else _named(author)


AUTHOR = {
    "uid": Or("author.databaseId", 0),
    "user": Via(_author, shows=(Object("named", NAMED),), shape=_NAMED_AUTHOR),
    "anonymous": "anonymous",
}
"""The author of a post or comment; of an anonymous one the id is 0, and the user null."""
CLOCK_IN = {
    **TIMES,
    "uid": "user.databaseId",
    "clock_in_time": seconds("clockedInAt"),
    "clock_in_location": "location",
    "user": Object("user", NAMED),
}
WORK_LOG = {
    **TIMES,
    "uid": "user.databaseId",
    "company_name": "companyName",
    "job": "job",
    "salary": "salary",
    "location": "location",
    "status_time_line": Each(
        "statusLines",
        {
            "created_at": milliseconds("recordedAt"),
            "status": "status",
            "stage": Via(STAGE_CODES.__getitem__, "stage"),
        },
    ),
}
POST = {
    **TIMES,
    **AUTHOR,
    "tittle": "title",
    "title": "title",
    "content": "content",
    "comments": Each("comments.nodes", {**AUTHOR, "created_at": seconds("createdAt"), "content": "content"}),
}


COLUMNS = {"account": "学号", "name": "姓名", "className": "班级", "major": "专业"}
"""The headings of a table of users."""


def _rejection(row: dict[str, Any]) -> str:
    account = row["account"]
    if row["code"] == ErrorCode.CREDENTIAL_TAKEN:
        return f"Error 1062: Duplicate entry '{account}' for key 'users.account'"
    words = str(row["message"])
    # A row without an account may have none because its line or its cell is spoilt: then that is the reason.
    is_account_at_fault = not _ACCOUNT.fullmatch(account) if account else _NO_ACCOUNT.fullmatch(words)
    return "账号长度必须为10位学号" if is_account_at_fault else words


REJECTION = Via(_rejection)
"""Why a row was not imported, in the words of the original."""


def _line(index: int) -> int:
    return index + 1


REJECTED_ROWS = Each("importUsers.rejected", {"line": Via(_line, "index"), "account": "account", "msg": REJECTION})
"""Each row that was not imported, where `errs` has one entry for an account."""
REJECTED_LINES = Each("importUsersFromFile.rejected", {"line": "line", "account": "account", "msg": REJECTION})

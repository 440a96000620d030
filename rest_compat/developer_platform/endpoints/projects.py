"""Projects, level and credits, mirrors."""

from math import ceil
from typing import Any

from auth.policies import signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import Integer, NodeId
from rest_compat.developer_platform import failures
from rest_compat.developer_platform.shapes import TIMES, time
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.reply import Each, Object, Or, Via

MAX_PER_PAGE = 100
MAX_PAGE = 2**31 - 1
NOBODY = Outcome("viewer", failures.NOT_FOUND, missing=True)
"""The user is gone since the token was checked."""


def lower(path: str) -> Via:
    """The name of an enum's value as the platform writes it."""
    return Via(str.lower, path)


def last_page(data: Any) -> int:
    """The number of the last page; an empty list has one, empty page."""
    total: int = data["projects"]["totalCount"]
    size: int = data["$"]["first"]
    return max(1, ceil(total / size))


def beyond_last_page(data: Any) -> bool:
    """Whether the page that was asked for does not exist."""
    return bool(data["$"]["page"] > last_page(data))


def _is_growth(change: int) -> int:
    return int(change > 0)


def duration(minutes: int) -> str:
    """Minutes as `2h30min`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}h{rest}min" if hours else f"{rest}min"


_CONDITIONS = {
    "experience": "experience",
    "business_algorithm": "businessAlgorithms",
    "algorithm_type": "algorithmTypes",
    "project": "projects",
}


def conditions(standing: Any) -> dict[str, int]:
    """What the next level asks for, or at the highest what that one asked for, and how far the developer is."""
    asked = standing["nextLevel"] or standing["reachedLevel"]
    return {old: asked[name] for old, name in _CONDITIONS.items()} | {
        f"current_{old}": standing[name] for old, name in _CONDITIONS.items()
    }


PROJECT = {
    "id": "databaseId",
    "name": "name",
    "status": lower("status"),
    "purchase_budget": "purchaseBudget",
    "introduction": "introduction",
    "domain": Or("domain.name", ""),
    "research_direction": Or("researchDirection.name", ""),
    "level": "level",
    **TIMES,
}
INSTANCE = {
    "id": "databaseId",
    "name": "name",
    "gpu": "gpu",
    "cpu": "cpu",
    "ram": "ram",
    "time_consuming": Via(duration, "minutes"),
    "consumption_points": "consumed",
    "status": lower("status"),
    "created_at": time("createdAt"),
}
NO_INSTANCE: dict[str, Any] = dict.fromkeys(INSTANCE, "") | dict.fromkeys(
    ("id", "gpu", "cpu", "ram", "consumption_points"), 0
)
"""What stands where a participant has not made an instance yet: the same keys, as in sections never submitted."""
PARTICIPATION = {
    **{name: Object("project", part) for name, part in PROJECT.items()},
    "instance": {name: Or(Object("instance", part), NO_INSTANCE[name]) for name, part in INSTANCE.items()},
}
"""A project and the newest instance in it."""


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/project/paginate",
        "项目分页列表",
        "paginate_projects",
        signed_in,
        failures.WRONG_DATA,
        query={
            "page": Parameter("page", Integer(1, MAX_PAGE), default=1, about="当前页数"),
            "per_page": Parameter(
                "first", Integer(minimum=1, cap=MAX_PER_PAGE), required=True, about="每页条数，最多 100"
            ),
            "q": Parameter("search", about="查询关键字"),
        },
        reply=Each("projects.nodes", PROJECT),
        meta={
            "pagination": {
                "total": "projects.totalCount",
                "count": Via(len, "projects.nodes"),
                "per_page": "$.first",
                "current_page": "$.page",
                "total_pages": Via(last_page),
            }
        },
        outcomes=(Outcome(Via(beyond_last_page), failures.NOT_FOUND),),
    ),
    Endpoint(
        "GET",
        "/api/project/base/{project_id}",
        "项目详情-基本信息",
        "project",
        signed_in,
        failures.WRONG_DATA,
        route={"project_id": Parameter("id", NodeId("Project"), required=True, about="项目ID")},
        reply=Object("project", {**PROJECT, "delivery_at": Or(time("deliveryAt"), "")}),
        outcomes=(Outcome("project", failures.NOT_FOUND, missing=True),),
    ),
    Endpoint(
        "GET",
        "/api/user/level-credit",
        "等级积分详情",
        "level_credit",
        signed_in,
        failures.WRONG_DATA,
        reply=Object(
            "viewer",
            {
                "id": "databaseId",
                "level": "developer.standing.level",
                "integral": "developer.credits.balance",
                "general_integral": "developer.credits.generalBalance",
                "dedicated_integral": "developer.credits.dedicatedBalance",
                "gpu_available_time": Via("{}min".format, "developer.credits.gpuMinutes"),
                **TIMES,
                "upgrade_condition": Via(
                    conditions,
                    "developer.standing",
                    shows=({**_CONDITIONS, **{f"current_{old}": name for old, name in _CONDITIONS.items()}},),
                ),
                "integral_record": Each(
                    "developer.credits.entries.nodes",
                    {
                        "change": Via(abs, "change"),
                        "is_positive_growth": Via(_is_growth, "change"),
                        "message": "message",
                        "created_at": time("createdAt"),
                    },
                ),
            },
        ),
        outcomes=(NOBODY,),
    ),
    Endpoint(
        "GET",
        "/api/user/mirror",
        "镜像管理列表",
        "mirrors",
        signed_in,
        failures.WRONG_DATA,
        reply=Each(
            "viewer.developer.mirrors",
            {"id": "databaseId", "name": "name", "tag": "tag", "size": "size", "remark": "remark", **TIMES},
        ),
        meta={
            "free_mirror_space": "viewer.developer.mirrorSpace.free",
            "surplus_mirror_space": "viewer.developer.mirrorSpace.surplus",
        },
        outcomes=(NOBODY,),
    ),
    Endpoint(
        "GET",
        "/api/user/participate-project",
        "参与项目列表",
        "participations",
        signed_in,
        failures.WRONG_DATA,
        reply=Each("viewer.developer.projects.nodes", PARTICIPATION),
        outcomes=(NOBODY,),
    ),
)

"""Goals and directions."""

from auth.policies import signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import Number
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.reply import Object
from rest_compat.work_progress import failures, shapes
from schema.engine.errors import ErrorCode

ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/v1/user/target",
        "获取用户目标信息",
        "viewer_goals",
        signed_in,
        failures.TARGET_NOT_FOUND,
        reply={
            "direction": Object("viewer", shapes.DIRECTION_LIST),
            "goal": Object("viewer", shapes.BOTH_GOALS),
        },
        outcomes=(Outcome("viewer", failures.USER_NOT_FOUND, missing=True),),
    ),
    Endpoint(
        "DELETE",
        "/api/v1/user/dire/del",
        "删除用户方向",
        "remove_direction",
        signed_in,
        failures.DIRECTION_NOT_REMOVED,
        body={
            "direction": Parameter("input.direction", shapes.DIRECTION_CODE, required=True, about="1 为考研，2 为就业")
        },
        unknown={"direction": failures.UNKNOWN_DIRECTION},
        errors={ErrorCode.DIRECTION_NOT_HELD: failures.DIRECTION_NOT_HELD},
    ),
    Endpoint(
        "POST",
        "/api/v1/emgl/add",
        "添加或更新就业目标",
        "set_employment_goal",
        signed_in,
        failures.GOAL_NOT_ADDED,
        body={
            "status": Parameter(
                "input.status", shapes.STATUS, required=True, about="就业状态 1:未拿到offer;2:已拿到offer"
            ),
            "target_company": shapes.text("input.targetCompany", "目标公司"),
            "target_job": shapes.text("input.targetJob", "目标职位"),
            "target_salary": shapes.text("input.targetSalary", "理想薪资"),
            "target_area": shapes.text("input.targetArea", "目标地区"),
        },
    ),
    Endpoint(
        "POST",
        "/api/v1/pggl/add",
        "添加或更新考研目标",
        "set_postgraduate_goal",
        signed_in,
        failures.GOAL_NOT_ADDED,
        body={
            "target_university": shapes.text("input.targetUniversity", "目标院校"),
            "target_major": shapes.text("input.targetMajor", "目标专业"),
            "target_score": Parameter("input.targetScore", Number(0, 1000), required=True, about="目标分数，可带小数"),
        },
    ),
)

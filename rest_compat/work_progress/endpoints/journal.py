"""Work logs."""

from auth.policies import signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import Milliseconds, NodeId
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.reply import Each
from rest_compat.work_progress import failures, shapes
from schema.engine.errors import ErrorCode

ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/v1/wl/add",
        "添加工作日志",
        "create_work_log",
        signed_in,
        failures.NOT_ADDED,
        body={
            "company_name": shapes.text("input.companyName", "公司名称"),
            "job": shapes.text("input.job", "工作岗位"),
            "salary": shapes.text("input.salary", "薪资"),
            "location": shapes.text("input.location", "工作地区"),
        },
    ),
    Endpoint(
        "PUT",
        "/api/v1/wl/status/add",
        "更新工作状态",
        "add_work_log_status",
        signed_in,
        failures.NOT_ADDED,
        body={
            "id": Parameter("input.workLogId", NodeId("WorkLog"), required=True, about="工作日志id"),
            "create_time": Parameter("input.recordedAt", Milliseconds(), required=True, about="创建的时间戳，毫秒"),
            "status": shapes.text("input.status", "状态"),
            "stage": Parameter("input.stage", shapes.STAGE, about="1 进行中, 2 成功, 3 失败"),
        },
        errors={
            ErrorCode.NOT_FOUND: failures.NOT_ADDED,
            ErrorCode.LIMIT_REACHED: failures.NOT_ADDED,
        },
    ),
    Endpoint(
        "GET",
        "/api/v1/wl/list",
        "获取用户工作日志",
        "work_logs",
        signed_in,
        failures.LOGS_NOT_READ,
        query={"uid": Parameter("user", NodeId("User"), about="用户id")},
        viewer_variable="user",
        reply={"work_logs": Each("node.workLogs.nodes", shapes.WORK_LOG)},
        errors={ErrorCode.FORBIDDEN: failures.LOGS_FORBIDDEN},
        outcomes=(Outcome("node", failures.LOGS_OF_NOBODY, missing=True),),
    ),
)

"""Clock-ins."""

from auth.policies import signed_in
from auth.principal import Disclosure
from rest_compat.binding import Parameter
from rest_compat.converters import Date, NodeId
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.work_progress import failures, shapes
from schema.engine.errors import ErrorCode

ENDPOINTS = (
    Endpoint(
        "POST",
        "/api/v1/clock_in/add",
        "打卡",
        "clock_in",
        signed_in,
        failures.NO_USER_ID,
        body={"location": shapes.text("input.location", "打卡地点")},
        errors={ErrorCode.ALREADY_CLOCKED_IN: failures.ALREADY_CLOCKED_IN},
    ),
    Endpoint(
        "GET",
        "/api/v1/clock_in/is_clock_in",
        "判断用户在当前时间段是否已打卡",
        "current_clock_in",
        signed_in,
        failures.INTERNAL,
        message=failures.NOT_CLOCKED_IN,
        outcomes=(Outcome("viewer.currentClockIn", failures.ALREADY_CLOCKED_IN),),
    ),
    Endpoint(
        "GET",
        "/api/v1/clock_in/search",
        "查询打卡数据",
        "search_clock_ins",
        signed_in,
        failures.INTERNAL,
        query={
            **shapes.PAGE_PARAMETERS,
            "uid": Parameter("filter.userId", NodeId("User"), about="用户id"),
            "date": Parameter("filter.date", Date(), about="打卡日期，格式为 yyyy-mm-dd"),
            "time_slot": Parameter("filter.slot", shapes.SLOT, about="时间段"),
        },
        reply=shapes.page("clockIns", shapes.CLOCK_IN),
        discloses=frozenset({Disclosure.EVERYBODYS_CLOCK_INS, Disclosure.STUDENT_ACCOUNTS}),
    ),
)

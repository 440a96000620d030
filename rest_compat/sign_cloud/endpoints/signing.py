"""Resumes, applications, and the choices of their forms."""

from typing import Any

from auth.policies import signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import Choice
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.reply import Each, Or, Via
from rest_compat.sign_cloud import failures
from rest_compat.sign_cloud.endpoints import resume
from rest_compat.sign_cloud.shapes import First, code_of
from schema.engine.errors import ErrorCode

STATUSES = {1: "APPLIED", 2: "AWAITING_SIGNATURE", 3: "SIGNED", 4: "REJECTED", 5: "CANCELLED"}
VERIFICATIONS = {1: "PENDING", 2: "APPROVED", 3: "REJECTED"}
DICTIONARIES = {"Edu_Type": "EDUCATION", "Work_Pos": "WORK_POSITION"}
NEWEST = "viewer.signApplications.nodes"
NOBODY = Outcome("viewer", failures.UNAUTHENTICATED, missing=True)
"""The user is gone since the token was checked."""


def listing(path: str, title: str, operation: str, reply: Any) -> Endpoint:
    """The row of a list that a form chooses from."""
    return Endpoint("GET", path, title, operation, signed_in, failures.INTERNAL, reply=reply)


def dictionary_key(entry: Any) -> str:
    """What clients call an entry: its key, or the number of one that an administrator added."""
    return entry["key"] or str(entry["number"])


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/em_status",
        "首页状态",
        "em_status",
        signed_in,
        failures.INTERNAL,
        reply={
            "reason": Or(First(NEWEST, "reason"), ""),
            "company_name": Or(First(NEWEST, "company.name"), ""),
            "status": Or(First(NEWEST, Via(code_of(STATUSES), "status")), 0),
            "verify_status": Or(Via(code_of(VERIFICATIONS), "viewer.developer.realName.certification.status"), 0),
        },
        outcomes=(NOBODY,),
    ),
    Endpoint(
        "POST",
        "/employee",
        "提交简历",
        "submit_employee",
        signed_in,
        failures.INTERNAL,
        body=resume.FORM,
        errors={ErrorCode.APPLICATION_OPEN: failures.APPLICATION_OPEN},
    ),
    Endpoint(
        "PUT",
        "/employee",
        "更新简历",
        "update_employee",
        signed_in,
        failures.INTERNAL,
        body=resume.FORM,
        errors={
            ErrorCode.RESUME_LOCKED: failures.RESUME_LOCKED,
            ErrorCode.NOT_FOUND: failures.NO_RESUME,
        },
    ),
    Endpoint(
        "GET",
        "/employee",
        "获取简历",
        "employee",
        signed_in,
        failures.INTERNAL,
        reply=resume.reply(),
        outcomes=(NOBODY, Outcome("viewer.resume", failures.NO_RESUME, missing=True)),
    ),
    Endpoint(
        "GET",
        "/dict/{dict_item}",
        "获取字典",
        "dict",
        signed_in,
        failures.INTERNAL,
        route={
            "dict_item": Parameter(
                "kind", Choice(DICTIONARIES), required=True, about="字典名，例如 Edu_Type 为学历类型"
            )
        },
        reply=Each("dictionary", {"dict_key": Via(dictionary_key), "dict_value": "name"}),
    ),
    listing("/work_pos", "获取所有岗位", "work_pos", Each("dictionary", "name")),
    listing("/handlers", "获取所有处理人", "handlers", Each("handlers.nodes", {"id": "databaseId", "name": "name"})),
    listing(
        "/companies",
        "获取所有用人单位",
        "companies",
        Each("companies.nodes", {"id": "databaseId", "company_name": "name"}),
    ),
)

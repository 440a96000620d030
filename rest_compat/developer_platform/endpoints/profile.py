"""The developer's own details."""

from auth.policies import signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import Code
from rest_compat.developer_platform import failures
from rest_compat.developer_platform.endpoints.common import dictionary, entries, text, upload
from rest_compat.developer_platform.shapes import TIMES
from rest_compat.endpoint import Endpoint, Outcome
from rest_compat.reply import Each, Object, Or, Via

AT_HOME = ("is_overseas", "0")
"""Where somebody lives is asked of whoever lives at home."""
DETAILS = {
    "id": "databaseId",
    "username": Or("username", ""),
    "avatar": Or("developer.avatarFile.path", ""),
    "province": "developer.province",
    "city": "developer.city",
    "county": "developer.county",
    "is_overseas": Via(int, "developer.isOverseas"),
    "research_direction_id": Each("developer.researchDirections", "number"),
    "mobile": Or("mobile", ""),
    "email": Or("email", ""),
    **TIMES,
}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/user/base",
        "用户基本详情",
        "developer_profile",
        signed_in,
        failures.WRONG_DATA,
        reply=Object("viewer", DETAILS),
        outcomes=(Outcome("viewer", failures.NOT_FOUND, missing=True),),
    ),
    Endpoint(
        "PUT",
        "/api/user/base",
        "更新用户基本详情",
        "update_developer_profile",
        signed_in,
        failures.WRONG_DATA,
        body={
            "avatar": text("input.avatar", "头像"),
            "province": Parameter("input.province", about="省（不是海外必填）", required_when=AT_HOME),
            "city": Parameter("input.city", about="市（不是海外必填）", required_when=AT_HOME),
            "county": Parameter("input.county", about="县（不是海外必填）", required_when=AT_HOME),
            "is_overseas": Parameter(
                "input.isOverseas",
                Code({0: False, 1: True}),
                required=True,
                about="是否海外（0：不是，1：是）",
            ),
            "research_direction_id": entries("input.researchDirections", "研究方向ID"),
        },
        reply=Object("updateDeveloperProfile.user", DETAILS),
    ),
    upload("/api/user/base/upload/avatar", "头像上传", "AVATAR"),
    dictionary("/api/user/base/research-direction", "研究方向列表", "RESEARCH_DIRECTION"),
)

"""Registration, sign-in and tokens."""

from collections.abc import Mapping

from auth.policies import public, signed_in
from rest_compat.developer_platform import failures
from rest_compat.developer_platform.endpoints.common import password, text
from rest_compat.developer_platform.shapes import token_reply, user_info
from rest_compat.endpoint import Endpoint, Outcome
from schema.engine.errors import ErrorCode

OWN_SESSIONS: Mapping[str, str] = {ErrorCode.FOREIGN_SESSION: "The platform takes tokens of its own sessions only."}

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/register-sms",
        "用户注册短信",
        "send_registration_code",
        public,
        failures.WRONG_DATA,
        query={"mobile": text("input.mobile", "手机号")},
    ),
    Endpoint(
        "POST",
        "/api/register",
        "用户注册",
        "register",
        public,
        failures.WRONG_DATA,
        body={
            "username": text("input.username", "用户名，3 至 32 个字母、数字、汉字、下划线、连字符或点"),
            "mobile": text("input.mobile", "手机号"),
            "password": password("input.password", "密码，至少 6 个字符，最多 72 字节"),
            "verification_code": text("input.code", "验证码"),
        },
        reply=user_info("registerDeveloper.user"),
    ),
    Endpoint(
        "POST",
        "/api/login",
        "用户登录",
        "sign_in",
        public,
        failures.WRONG_DATA,
        body={
            "username": text("input.identifier", "用户名或手机号"),
            "password": password("input.password", "密码"),
        },
        fixed={"input.kind": "USERNAME"},
        reply=token_reply("signIn"),
        cannot={ErrorCode.AWAITING_ACTIVATION: "Only e-mail addresses are activated; `kind` is USERNAME."},
    ),
    Endpoint(
        "GET",
        "/api/me",
        "用户信息",
        "me",
        signed_in,
        failures.WRONG_DATA,
        reply=user_info("viewer"),
        outcomes=(Outcome("viewer", failures.UNAUTHENTICATED, missing=True),),
    ),
    Endpoint("DELETE", "/api/logout", "退出登录", "sign_out", signed_in, failures.WRONG_DATA, cannot=OWN_SESSIONS),
    Endpoint(
        "PUT",
        "/api/refresh",
        "令牌刷新",
        "refresh",
        signed_in,
        failures.WRONG_DATA,
        reply=token_reply("refresh"),
        errors={ErrorCode.USER_NOT_FOUND: failures.UNAUTHENTICATED},
        cannot=OWN_SESSIONS,
    ),
)

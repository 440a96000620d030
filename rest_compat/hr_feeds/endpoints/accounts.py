"""Registration, sign-in, and the validity of a token."""

from collections.abc import Mapping
from typing import Any

from auth.policies import public, recruiter
from rest_compat.binding import Parameter
from rest_compat.converters import Text
from rest_compat.endpoint import Endpoint
from rest_compat.hr_feeds import failures
from rest_compat.hr_feeds.shapes import Filled, Joined
from rest_compat.reply import Via
from schema.engine.errors import ErrorCode
from schema.engine.texts import normalised_email

ACCOUNT: Mapping[str, Any] = {"errors": {}, "username": ""}
"""What the replies about accounts hold whatever happened."""


def _text(variable: str, about: str) -> Parameter:
    return Parameter(variable, Text(), required=True, about=about, blank="")


def _filled(variable: str, about: str) -> Parameter:
    return Parameter(variable, Filled(Text()), required=True, about=about)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/hr/register/",
        "注册",
        "register",
        public,
        failures.INTERNAL,
        body={
            "user_email": _text("input.email", "用户邮箱；激活链接发送到这里"),
            "password": _text("input.password", "密码，6 至 20 个字母或数字"),
            "company_name": _text("input.companyName", "公司名称，最多 255 个字符"),
            "phone": _text("input.phone", "联系电话"),
        },
        reply={"username": "registerRecruiter.email"},
        message="注册成功，请打开邮件中的链接激活账号",
        errors={
            ErrorCode.TOO_MANY_REQUESTS: failures.failure(failures.FORM_ERROR, failures.TOO_MANY_REQUESTS.message),
            ErrorCode.CHANNEL_UNAVAILABLE: failures.failure(failures.FORM_ERROR, failures.NO_CHANNEL.message),
        },
        always=ACCOUNT,
        is_form=True,
    ),
    Endpoint(
        "POST",
        "/hr/login/",
        "登陆",
        "sign_in",
        public,
        failures.INTERNAL,
        body={
            "username": _filled("input.identifier", "用户邮箱"),
            "password": _filled("input.password", "密码"),
        },
        fixed={"input.kind": "EMAIL"},
        reply={
            "username": Via(normalised_email, "$.input.identifier"),
            "user_industry": Joined("signIn.user.recruiter.company.profile.domains", "name"),
            "auth_info": {"user": "signIn.user.databaseId", "token": "signIn.token"},
        },
        message="登录成功",
        errors={
            ErrorCode.WRONG_CREDENTIALS: failures.WRONG_LOGIN,
            ErrorCode.USER_NOT_FOUND: failures.WRONG_LOGIN,
            ErrorCode.AWAITING_ACTIVATION: failures.NOT_ACTIVE,
            ErrorCode.ROLE_MISSING: failures.NOT_HR,
            ErrorCode.TOO_MANY_REQUESTS: failures.MALICE_LOGIN,
        },
        always={**ACCOUNT, "user_industry": "", "auth_info": {}},
    ),
    Endpoint(
        "GET",
        "/hr/valid_token/{user}/{token}/",
        "检查token是否有效",
        "valid_token",
        recruiter,
        failures.TOKEN_ERROR,
        route={
            "user": Parameter("", Text(), about="auth_info.user"),
            "token": Parameter("", Text(), about="auth_info.token"),
        },
        errors={
            ErrorCode.UNAUTHENTICATED: failures.TOKEN_ERROR,
            ErrorCode.FORBIDDEN: failures.TOKEN_ERROR,
        },
    ),
)

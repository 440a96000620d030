"""The attendance back end's three endpoints."""

from auth.policies import public
from rest_compat.attendance import failures
from rest_compat.binding import Parameter
from rest_compat.converters import Text
from rest_compat.endpoint import Endpoint
from rest_compat.reply import Constant
from schema.engine.errors import ErrorCode


def _text(variable: str, about: str) -> Parameter:
    return Parameter(variable, Text(), required=True, about=about)


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/admin/user/login/",
        "登录",
        "sign_in",
        public,
        failures.INTERNAL,
        body={"username": _text("input.identifier", "用户名"), "password": _text("input.password", "密码")},
        fixed={"input.kind": "USERNAME"},
        reply={"token": "signIn.token"},
        errors={ErrorCode.USER_NOT_FOUND: failures.WRONG_LOGIN},
        cannot={ErrorCode.AWAITING_ACTIVATION: "Only e-mail addresses are activated; `kind` is USERNAME."},
    ),
    Endpoint(
        "POST",
        "/admin/user/register/",
        "注册",
        "register_staff",
        public,
        failures.INTERNAL,
        body={
            "username": _text("input.username", "用户名，3 至 32 个字母、数字、汉字、下划线、连字符或点"),
            "password": _text("input.password", "密码，至少 6 个字符，最多 72 字节"),
            "confirm_password": _text("input.confirmPassword", "确认密码"),
        },
        reply=Constant("null"),
    ),
    Endpoint(
        "POST",
        "/user/user/login/",
        "微信用户登录",
        "wechat_sign_in",
        public,
        failures.INTERNAL,
        body={"code": _text("input.code", "微信授权码；未配置微信的开发环境为 dev- 加名字")},
        fixed={"input.program": "ATTENDANCE"},
        reply={
            "id": "signInWithWechat.user.databaseId",
            "openid": "signInWithWechat.openid",
            "token": "signInWithWechat.token",
        },
    ),
)

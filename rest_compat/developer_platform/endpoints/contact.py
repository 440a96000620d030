"""Mobile number, e-mail address and password."""

from collections.abc import Mapping

from auth.policies import password_holder, signed_in
from rest_compat.binding import Parameter
from rest_compat.converters import Choice
from rest_compat.developer_platform import failures
from rest_compat.developer_platform.endpoints.common import password, text
from rest_compat.endpoint import Endpoint
from rest_compat.reply import Or

BASE = "/api/user/base"


def code(path: str, title: str, purpose: str, query: Mapping[str, Parameter] | None = None) -> Endpoint:
    """The row that sends a code; the reply holds it in development only."""
    return Endpoint(
        "GET",
        BASE + path,
        title,
        "send_contact_code",
        signed_in,
        failures.WRONG_DATA,
        query=query or {},
        fixed={"input.purpose": purpose},
        reply={"verification_code": Or("sendContactCode.verificationCode", "")},
    )


EMAIL = {"email": text("input.address", "邮箱")}
MOBILE = {"mobile": text("input.address", "手机号")}

ENDPOINTS: tuple[Endpoint, ...] = (
    code(
        "/update-mobile/old-mobile-verification-code",
        "更新手机号-获取旧手机号验证码",
        "CHANGE_MOBILE_BY_MOBILE",
    ),
    code(
        "/update-mobile/old-email-verification-code",
        "更新手机号-获取旧邮箱验证码",
        "CHANGE_MOBILE_BY_EMAIL",
        EMAIL,
    ),
    code("/update-mobile/new-mobile-verification-code", "更新手机号-获取新手机号验证码", "NEW_MOBILE", MOBILE),
    code("/bind-email/verification-code", "绑定邮箱-获取绑定邮箱验证码", "BIND_EMAIL", EMAIL),
    code("/update-email/old-email-verification-code", "更新邮箱-获取旧邮箱验证码", "CHANGE_EMAIL", EMAIL),
    Endpoint(
        "POST",
        f"{BASE}/bind-email",
        "绑定邮箱",
        "bind_email",
        signed_in,
        failures.WRONG_DATA,
        body={"email": text("input.email", "邮箱"), "verification_code": text("input.code", "验证码")},
    ),
    Endpoint(
        "PATCH",
        f"{BASE}/update-mobile",
        "更新手机号",
        "change_mobile",
        signed_in,
        failures.WRONG_DATA,
        body={
            "authentication_type": Parameter(
                "input.proof", Choice({"mobile": "MOBILE", "email": "EMAIL"}), required=True, about="验证类型"
            ),
            "old_mobile_verification_code": Parameter(
                "input.oldMobileCode",
                about="旧手机号验证码（验证类型为 mobile 时必须）",
                required_when=("authentication_type", "mobile"),
            ),
            "old_email_verification_code": Parameter(
                "input.oldEmailCode",
                about="邮箱验证码（验证类型为 email 时必须）",
                required_when=("authentication_type", "email"),
            ),
            "new_mobile": text("input.newMobile", "新手机号"),
            "new_mobile_verification_code": text("input.newCode", "新手机号验证码"),
        },
    ),
    Endpoint(
        "PATCH",
        f"{BASE}/update-email",
        "更新邮箱",
        "change_email",
        signed_in,
        failures.WRONG_DATA,
        body={
            "old_email_verification_code": text("input.code", "旧邮箱验证码"),
            "old_email": text("input.oldEmail", "旧邮箱"),
            "new_email": text("input.newEmail", "新邮箱"),
        },
    ),
    Endpoint(
        "PATCH",
        f"{BASE}/update-password",
        "更新密码",
        "change_password",
        password_holder,
        failures.WRONG_DATA,
        body={
            "old_password": password("input.oldPassword", "旧密码"),
            "new_password": password("input.newPassword", "新密码，至少 6 个字符，最多 72 字节"),
        },
    ),
)

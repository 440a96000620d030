"""Signing in, the captcha, the code by short message, and images."""

from auth.policies import public
from rest_compat.binding import Parameter
from rest_compat.converters import File, Text
from rest_compat.endpoint import Cookie, Endpoint, FileReply
from rest_compat.reply import Or
from rest_compat.sign_cloud import failures

CAPTCHA = Cookie("captcha", "createCaptcha.captcha.token", max_age=300)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/weixin/login",
        "小程序登录",
        "wechat_sign_in",
        public,
        failures.INTERNAL,
        body={
            "code": Parameter(
                "input.code", Text(), required=True, about="微信授权码；未配置微信的开发环境为 dev- 加名字"
            )
        },
        fixed={"input.program": "SIGN_CLOUD"},
        reply={
            "session_token": "signInWithWechat.token",
            "em_id": Or("signInWithWechat.user.resume.databaseId", 0),
        },
    ),
    Endpoint(
        "GET",
        "/captcha",
        "验证码图片",
        "create_captcha",
        public,
        failures.INTERNAL,
        reply=FileReply("createCaptcha.captcha", "image/png", inline=True, cookie=CAPTCHA),
    ),
)

SERVICES: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/image",
        "上传图片",
        "upload_image",
        public,
        failures.INTERNAL,
        body={"file": Parameter("input.file", File(), required=True, about="PNG、JPEG 或 WEBP 图片，最大 5 MB")},
        fixed={"input.folder": "ID_CARD"},
        reply={"url": "uploadImage.image.file.url"},
        knows_caller=True,
    ),
    Endpoint(
        "POST",
        "/verifycode",
        "发送短信",
        "send_phone_code",
        public,
        failures.INTERNAL,
        body={
            "captcha_code": Parameter("input.captchaAnswer", Text(), required=True, about="图形验证码"),
            "phone": Parameter("input.mobile", Text(), required=True, about="手机号"),
        },
        cookies={CAPTCHA.name: Parameter("input.captchaToken", Text(), default="", about="/captcha 设置的 cookie")},
        knows_caller=True,
    ),
)

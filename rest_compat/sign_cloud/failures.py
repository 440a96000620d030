"""The sign cloud's failures. The document specifies only code 0: the others are HTTP status codes."""

from rest_compat.endpoint import Failure


def failure(code: int, message: str, *, status: int = 200) -> Failure:
    """A failure; those of the business are HTTP 200."""
    return Failure(code, message, status=status)


UNAUTHENTICATED = failure(401, "请先登录", status=401)
AWAITING_APPROVAL = failure(403, "账号正在等待管理员审核")
NOT_ADMITTED = failure(403, "该账号的注册未通过审核，或账号已停用")
FORBIDDEN = failure(403, "权限拒绝")
NOT_FOUND = failure(404, "数据不存在")
NO_SUCH_ENDPOINT = failure(404, "接口不存在", status=404)
METHOD_NOT_ALLOWED = failure(405, "请求方法不允许", status=405)
TOO_LARGE = failure(413, "请求体过大", status=413)
UNKNOWN_PLATFORM = failure(403, "X-platform-code 无效")
WRONG_CODE = failure(400, "code 无效或已被使用")
WRONG_CAPTCHA = failure(400, "图形验证码错误或已失效，请重新获取")
NO_RESUME = failure(404, "尚未提交简历")
APPLICATION_OPEN = failure(409, "已有进行中的签约申请，请更新简历")
RESUME_LOCKED = failure(409, "待签约和已签约状态下不可以修改简历")
WECHAT_BLOCKED = failure(403, "微信判定该用户存在风险，已拦截登录")
TOO_MANY_REQUESTS = failure(429, "请求过于频繁，请稍后再试")
NO_CHANNEL = failure(503, "短信服务未配置")
INTERNAL = failure(500, "服务器内部错误")
INVALID_CODE = 400
"""The code of a request that does not bind or whose values are not accepted."""
SERVICE_BUSY = failure(429, "服务繁忙，请稍后再试")
PASSWORD_CHANGE_REQUIRED = failure(403, "请先修改密码")

"""The talent feeds' failures: the status is a word."""

from rest_compat.endpoint import Failure


def failure(status: str, message: str, *, http: int = 200) -> Failure:
    """A failure; those of calls that there are are all HTTP 200."""
    return Failure(status, message, status=http)


FORM_ERROR = "form_error"
"""The status of a request with values that are not accepted; `errors` says of which, and why."""

NO_AUTH = failure("no_auth", "请先登录")
NOT_HR = failure("not_hr", "不是 HR 用户")
NOT_APPROVED = failure("not_approved", "账号正在等待管理员审核")
NOT_ACTIVE = failure("not_active", "账号未激活，请打开邮件中的链接")
MALICE_LOGIN = failure("malice_login", "密码错误次数过多，请稍后再试")
WRONG_LOGIN = failure(FORM_ERROR, "用户名或密码错误")
TOKEN_ERROR = failure("token_error", "无效 token")
FEED_ERROR = failure("feed_error", "定制不存在")
NO_FEED = failure("no_feed", "没有定制")
NO_REST_FEED = failure("no_rest_feed", "没有剩余定制可以使用")
NOT_FOUND = failure("not_found", "数据不存在")
WATCH_LIST_FULL = failure("limit_reached", "收藏数量已达上限")
TOO_MANY_REQUESTS = failure("too_many_requests", "请求过于频繁，请稍后再试")
NO_CHANNEL = failure("no_channel", "邮件服务未配置")
NO_SUCH_ENDPOINT = failure("not_found", "接口不存在", http=404)
METHOD_NOT_ALLOWED = failure("method_not_allowed", "请求方法不允许", http=405)
TOO_LARGE = failure("too_large", "请求体过大", http=413)
INTERNAL = failure("error", "服务器内部错误")
SERVICE_BUSY = failure("too_many_requests", "服务繁忙，请稍后再试")
PASSWORD_CHANGE_REQUIRED = failure("password_change_required", "请先修改密码")

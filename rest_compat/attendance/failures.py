"""The attendance back end's failures: code 0, and a message."""

from rest_compat.endpoint import Failure


def failure(message: str, *, status: int = 200) -> Failure:
    """A failure; those of the business are HTTP 200."""
    return Failure(0, message, status=status)


INTERNAL = failure("服务器内部错误")
UNAUTHENTICATED = failure("请先登录", status=401)
FORBIDDEN = failure("权限拒绝", status=403)
NO_SUCH_ENDPOINT = failure("接口不存在", status=404)
METHOD_NOT_ALLOWED = failure("请求方法不允许", status=405)
TOO_LARGE = failure("请求体过大", status=413)
WRONG_LOGIN = failure("用户名或密码错误")
AWAITING_APPROVAL = failure("账号正在等待管理员审核")
NOT_STAFF = failure("该账号不是考勤管理人员，注册未通过审核，或账号已停用")
USERNAME_TAKEN = failure("用户名已被使用")
WRONG_CODE = failure("code 无效或已被使用")
WECHAT_BLOCKED = failure("微信判定该用户存在风险，已拦截登录")
TOO_MANY_REQUESTS = failure("请求过于频繁，请稍后再试")
SERVICE_BUSY = failure("服务繁忙，请稍后再试")
PASSWORD_CHANGE_REQUIRED = failure("请先修改密码", status=403)

"""The platform's failures: the code in the body is the HTTP status."""

from rest_compat.endpoint import Failure


def failure(status: int, message: str) -> Failure:
    """A failure whose status and code are the same."""
    return Failure(status, message, status=status)


UNAUTHENTICATED = failure(401, "令牌认证失败")
AWAITING_APPROVAL = failure(403, "账号正在等待管理员审核")
NOT_ADMITTED = failure(403, "该账号的注册未通过审核，或账号已停用")
FORBIDDEN = failure(403, "权限拒绝")
NOT_FOUND = failure(404, "查询数据不存在")
METHOD_NOT_ALLOWED = failure(405, "请求方法不允许")
TOO_LARGE = failure(413, "请求体过大")
INVALID = failure(422, "字段必须")
WRONG_DATA = failure(500, "数据有误")
SERVICE_BUSY = failure(422, "服务繁忙，请稍后再试")
PASSWORD_CHANGE_REQUIRED = failure(403, "请先修改密码")

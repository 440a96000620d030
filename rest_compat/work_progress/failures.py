"""The recorder's failures, as its document and the facts list them."""

from rest_compat.endpoint import Failure
from rest_compat.reply import Constant


def failure(code: int, message: str, error: str | None = None) -> Failure:
    """A business failure (HTTP 200): `data` is null, or `{err}` where the document shows that."""
    return Failure(code, message, None if error is None else Constant({"err": error}))


FORBIDDEN = Failure(1, "权限拒绝", status=403)
INTERNAL = Failure(-1, "服务器内部错误", status=500)
"""For endpoints whose document names no failure of their own."""

TOO_MANY_GUESSES = failure(1, "尝试次数过多，请稍后再试")
SERVICE_BUSY = failure(1, "服务繁忙，请稍后再试")
PASSWORD_CHANGE_REQUIRED = Failure(1, "请先修改密码", status=403)
WRONG_LOGIN = failure(1, "账号或密码错误")
AWAITING_APPROVAL = failure(1, "账号正在等待管理员审核")
NOT_ADMITTED = failure(1, "该账号的注册未通过审核，或账号已停用")
TOKEN_NOT_CREATED = failure(-1, "生成token失败", "")
SESSION_NOT_UPDATED = failure(-2, "更新session_id失败", "")
USER_NOT_FOUND = failure(-1, "用户不存在")
PASSWORD_FORBIDDEN = failure(1, "权限拒绝")
WRONG_OLD_PASSWORD = failure(-2, "原密码错误")
PASSWORD_NOT_UPDATED = failure(-3, "更新密码失败", "")
PROFILE_NOT_UPDATED = failure(1, "更新失败", "")
TARGET_NOT_FOUND = failure(-2, "查询目标信息失败", "")
UNKNOWN_DIRECTION = failure(2, "未知的方向")
DIRECTION_NOT_HELD = failure(1, "删除失败", "不能删除用户没有的方向")
DIRECTION_NOT_REMOVED = failure(1, "删除失败", "")
GOAL_NOT_ADDED = failure(1, "添加失败", "")
NOT_ADDED = failure(1, "添加失败")
ALREADY_CLOCKED_IN = failure(1, "您在当前时间段已经打过卡了哦")
NO_USER_ID = failure(-1, "无法获取用户id")
EXAM_DATE_INVALID = failure(1, "解析考研日期失败", "")
LOGS_NOT_READ = failure(1, "获取失败", "")
LOGS_FORBIDDEN = failure(1, "获取失败", "权限拒绝")
LOGS_OF_NOBODY = failure(1, "获取失败", "用户不存在")
POSTS_NOT_READ = failure(1, "查询失败", "")
POST_FORBIDDEN = failure(1, "无权限删除")
POST_NOT_FOUND = failure(-1, "不存在的帖子")
IMPORT_FAILED = "导入存在错误"
NOT_CLOCKED_IN = "您还未打卡哦"

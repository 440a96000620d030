"""How the platform shows the graph's values: times, and the account of a user."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rest_compat.reply import Object, Or, Via

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _time(value: str) -> str:
    return datetime.fromisoformat(value).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def time(path: str) -> Via:
    """`YYYY-MM-DD HH:MM:SS` in Shanghai."""
    return Via(_time, path)


TIMES = {"created_at": time("createdAt"), "updated_at": time("updatedAt")}

USER_INFO = {
    "id": "databaseId",
    "username": Or("username", ""),
    "avatar": "developer.avatar",
    "level": "developer.level",
    "integral": "developer.credits.balance",
    **TIMES,
}
"""A user's account; select `username createdAt updatedAt databaseId developer { avatar level credits { balance } }`."""


def user_info(path: str) -> Object:
    """The account of the user at a path."""
    return Object(path, USER_INFO)

"""The platform's formats of the graph's values: times, and the account of a user."""

from typing import Any

from rest_compat import instants
from rest_compat.reply import Constant, Object, Or, Via


def time(path: str) -> Via:
    """`YYYY-MM-DD HH:MM:SS` in Shanghai."""
    return Via(instants.local_in_shanghai, path)


TIMES = {"created_at": time("createdAt"), "updated_at": time("updatedAt")}

USER_INFO = {
    "id": "databaseId",
    "username": Or("username", ""),
    "avatar": Or("developer.avatarFile.path", ""),
    "level": "developer.level",
    "integral": "developer.credits.balance",
    **TIMES,
}
"""A user's account; the operations select it with a fragment `UserInfo`."""


def user_info(path: str) -> Object:
    """The account of the user at a path."""
    return Object(path, USER_INFO)


def token_reply(root: str) -> dict[str, Any]:
    """A new token and its user."""
    return {
        "token_info": {
            "access_token": f"{root}.token",
            "token_type": Constant("bearer"),
            "expires_in": f"{root}.expiresIn",
        },
        "user_info": user_info(f"{root}.user"),
    }

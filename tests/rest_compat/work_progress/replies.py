"""The recorder's replies, as tests write them down."""

from typing import Any

import httpx2

Reply = tuple[int, Any]
"""The HTTP status and the envelope."""


def reply(response: httpx2.Response) -> Reply:
    """What a call was answered."""
    return response.status_code, response.json()


def success(data: Any = None, message: str = "success") -> Reply:
    """A success."""
    return 200, {"code": 0, "msg": message, "data": data}


def refused(code: int, message: str, error: str | None = None, *, status: int = 200) -> Reply:
    """A failure; `error` is the text in `data.err`, where there is one."""
    return status, {"code": code, "msg": message, "data": None if error is None else {"err": error}}


def data(response: httpx2.Response) -> Any:
    """The data of a call that must have succeeded."""
    assert response.status_code == 200, response.text
    assert response.json()["code"] == 0, response.text
    return response.json()["data"]


FORBIDDEN = refused(1, "权限拒绝", status=403)


def assert_invalid(response: httpx2.Response, parameter: str = "") -> None:
    """The request does not bind, and the message says which parameter is at fault."""
    body = response.json()
    assert response.status_code == 400, response.text
    assert body == {"code": 100, "msg": body["msg"], "data": None}
    assert parameter in body["msg"]

"""What every request passes first: its id, its line of the access log, its metrics and its trace."""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth import clients
from watching import logs, metrics, traces
from watching.request_ids import request_id
from watching.work import Work, begin

CLIENT_CLOSED_REQUEST = 499
"""What the log says of a request whose client went away while sending it."""
NOTED_SECONDS = 0.05
"""How long a request that has ended waits for others to be counted and logged with."""
MAX_NOTED = 256
_TOKEN = re.compile(r"eyJ[\w.%~+=-]*")
"""A token of ours in a path: the HR feeds' valid_token has one."""
_METHODS = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_PRIVATE = (b"cache-control", b"no-store")

log = structlog.get_logger("access")


class AccessLog:
    """Gives each request an id, and logs, counts and traces it. Query strings are left out: some clients put tokens
    there. So do some paths, which are logged without them.

    The id is taken from X-Request-ID, where that can be one, and told in the reply; the audit trail has it too.
    Replies are private: what may be kept says so in a Cache-Control of its own, everything else is `no-store`.
    """

    def __init__(self, app: ASGIApp, *, slow_seconds: float = 1.0) -> None:
        self._app = app
        self._slow_seconds = slow_seconds
        # The lazy logger would bind itself anew for each line, wanted or not.
        self._log = log.bind()
        self._noting = self._log if self._log.is_enabled_for(logging.INFO) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it was answered."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        id_ = scope["request_id"] = request_id(scope)
        work = Work()
        begin(work)
        began = time.perf_counter()
        if scope["type"] == "websocket":
            try:
                await self._app(scope, receive, send)
            finally:
                self._socket_ended(scope, began)
            return
        if traces.are_recorded():
            work.spans = []
        status = 0

        def noting(message: Message) -> Awaitable[None]:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _complete(message, id_)
            return send(message)

        try:
            await self._app(scope, receive, noting)
            status = status or CLIENT_CLOSED_REQUEST
        finally:
            self._ended(scope, work, status or 500, began)

    def _ended(self, scope: Scope, work: Work, status: int, began: float) -> None:
        seconds = time.perf_counter() - began
        if status >= 500:
            work.refused(metrics.INTERNAL_ERROR)
        if work.endpoint == "other" and isinstance(route := scope.get("route"), Route):
            work.endpoint = route.path
        # Not the scope: what a request is made of is let go of now, and used again for the next one.
        path, client = scope["path"], scope.get("client")
        _noted.append(
            (self._noting, time.time(), scope["request_id"], scope["method"], path, client, status, seconds, work)
        )
        count = len(_noted)
        if count == 1 and logs.wait_for_others():
            asyncio.get_running_loop().call_later(NOTED_SECONDS, settle)
        elif count == 1 or count >= MAX_NOTED:
            settle()
        if seconds >= self._slow_seconds:
            method = _method(scope["method"])
            about = {"id": scope["request_id"], "method": method, "endpoint": work.endpoint, "status": status}
            milliseconds = round(seconds * 1000, 1)
            self._log.warning("slow_operation", **about, milliseconds=milliseconds, **work.fields(), **work.spent())
        if work.spans is not None:
            traces.record_request(work, scope, _method(scope["method"]), status, began)

    def _socket_ended(self, scope: Scope, began: float) -> None:
        if self._noting is None:
            return
        address = clients.address(scope["client"][0]) if scope.get("client") else ""
        line = {
            "timestamp": logs.timestamp(time.time()),
            "level": "info",
            "event": "websocket",
            "id": scope["request_id"],
            "path": _TOKEN.sub("[token]", scope["path"]),
            "client": address,
            "milliseconds": round((time.perf_counter() - began) * 1000, 1),
        }
        logs.write_line(self._noting, line)


def _method(method: str) -> str:
    return method if method in _METHODS else "other"


_noted: list[tuple[Any, float, str, str, str, Any, int, float, Work]] = []
"""Requests that have ended and are neither counted nor logged yet: the log, unless nobody wants a line, the time of the
end, the request's id, method, path and client, the status of its reply, the seconds that it took, and its work."""


def settle() -> None:
    """Count and log the requests that have ended.

    Several at a time, because each takes a third of the time while the processor has this code in its caches.
    """
    noted = _noted[:]
    _noted.clear()
    for log, at, id_, method, path, client, status, seconds, work in noted:
        method = _method(method)
        metrics.request_ended(work, method, status, seconds)
        if log is None:
            continue
        about: dict[str, Any] = {
            "timestamp": logs.timestamp(at),
            "level": "info",
            "event": "request",
            "id": id_,
            "method": method,
            "path": _TOKEN.sub("[token]", path) if "eyJ" in path else path,
            "status": status,
            "client": clients.address(client[0]) if client else "",
            "milliseconds": int(seconds * 10_000) / 10,
        }
        if work.operation:
            about["operation"] = work.operation
        if work.name:
            about["name"] = work.name
        if work.user_id:
            about["user"] = work.user_id
        if work.code is not None:
            about["code"] = work.code
        logs.write_line(log, about)
    logs.flush_lines()


metrics.before_flush.append(settle)


def _complete(message: Message, id_: str) -> None:
    """Add what every reply has: its id, that nobody guesses its type, and that nobody keeps it unless it says so."""
    names = dict(message["headers"])
    if _NO_SNIFFING[0] in names:
        MutableHeaders(scope=message)["x-content-type-options"] = "nosniff"
        headers = list(message["headers"])
    else:
        headers = [*message["headers"], _NO_SNIFFING]
    if _PRIVATE[0] not in names:
        headers.append(_PRIVATE)
    headers.append((b"x-request-id", id_.encode()))
    message["headers"] = headers

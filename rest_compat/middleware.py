"""What every request passes: the size limit, the security header, the access log and the metrics."""

import re
import time
from collections.abc import Callable

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 2 * 1024 * 1024
"""The largest body, in bytes."""
MAX_UPLOAD = 6 * 1024 * 1024
"""The largest multipart body where files are taken: an image of 5 MB and what surrounds it."""

log = structlog.get_logger("access")

REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "status"])
SECONDS = Histogram("http_request_seconds", "The time to the end of the reply.", ["method"])
_TOKEN = re.compile(r"eyJ[\w.%~+=-]*")
"""A token of ours in a path: the HR feeds' valid_token has one."""
_METHODS = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}


CLIENT_CLOSED_REQUEST = 499
"""What the log says of a request whose client went away while sending it."""


class BodyTooLarge(Exception):
    """A body grew past the limit while it streamed in."""


class BodyLimit:
    """Answers 413 to a body over the limit, as soon as it is over it."""

    def __init__(self, app: ASGIApp, *, refuse: Callable[[str], Response], takes_files: Callable[[str], bool]) -> None:
        self._app = app
        self._refuse = refuse
        self._takes_files = takes_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Request(scope).headers
        limit = MAX_BODY
        if headers.get("content-type", "").startswith("multipart/") and self._takes_files(scope["path"]):
            limit = MAX_UPLOAD
        declared = headers.get("content-length", "")
        if declared.isdigit() and (len(declared) > 12 or int(declared) > limit):
            await self._refuse(scope["path"])(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except BodyTooLarge:
            await self._refuse(scope["path"])(scope, receive, send)


class AccessLog:
    """Logs and counts each request. Query strings are left out: some clients put tokens there. So do some
    paths, which are logged without them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-content-type-options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except ClientDisconnect:
            status = CLIENT_CLOSED_REQUEST  # nobody is there to answer, and nothing went wrong here
        finally:
            seconds = time.perf_counter() - began
            method = scope["method"] if scope["method"] in _METHODS else "other"
            REQUESTS.labels(method, status).inc()
            SECONDS.labels(method).observe(seconds)
            log.info(
                "request",
                method=scope["method"],
                path=_TOKEN.sub("[token]", scope["path"]),
                status=status,
                milliseconds=round(seconds * 1000, 1),
            )

"""What every request passes: the size limit, the security header, the access log, the metrics and the way to its
application.
"""

import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route
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
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_PRIVATE = (b"cache-control", b"no-store")

CLIENT_CLOSED_REQUEST = 499
"""What the log says of a request whose client went away while sending it."""


class Application(Starlette):
    """Starlette, with middleware around its handling of errors too, so that a reply with 500 is complete as well."""

    def __init__(self, around: Sequence[Middleware], **options: Any) -> None:
        super().__init__(**options)
        self.around = around

    def build_middleware_stack(self) -> ASGIApp:
        """All middleware, the outermost last."""
        app = super().build_middleware_stack()
        for cls, arguments, options in reversed(self.around):
            app = cls(app, *arguments, **options)
        return app


class BodyTooLarge(Exception):
    """A body grew past the limit while it streamed in."""


class BodyLimit:
    """Answers 413 to a body over the limit, as soon as it is over it, and nothing to a client that is gone."""

    def __init__(
        self, app: ASGIApp, *, refuse: Callable[[Scope], Response], takes_files: Callable[[str], bool]
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._takes_files = takes_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(reversed(scope["headers"]))  # the first of a name counts
        limit = MAX_BODY
        if headers.get(b"content-type", b"").startswith(b"multipart/") and self._takes_files(scope["path"]):
            limit = MAX_UPLOAD
        declared = headers.get(b"content-length", b"")
        if declared.isdigit() and (len(declared) > 12 or int(declared) > limit):
            await self._refuse(scope)(scope, receive, send)
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
            await self._refuse(scope)(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is there to answer, and nothing went wrong here


class AccessLog:
    """Gives each request an id, and logs and counts it. Query strings are left out: some clients put tokens there.
    So do some paths, which are logged without them.

    The id is told in X-Request-Id, and the audit trail has it too. One that a client sends is not taken over. Replies
    are private: what may be kept says so in a Cache-Control of its own, everything else is `no-store`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # The lazy logger would bind itself anew for each line, wanted or not.
        self._log = log.bind()
        self._is_logging = self._log.is_enabled_for(logging.INFO)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note how it was answered."""
        request_id = scope["request_id"] = secrets.token_hex(8)
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _complete(message, request_id)
            await send(message)

        try:
            await self._app(scope, receive, noting)
            status = status or CLIENT_CLOSED_REQUEST
        finally:
            status = status or 500
            seconds = time.perf_counter() - began
            method = scope["method"] if scope["method"] in _METHODS else "other"
            _answered(method, status).inc()
            _took(method).observe(seconds)
            if self._is_logging:
                self._log.info(
                    "request",
                    id=request_id,
                    method=scope["method"],
                    path=_TOKEN.sub("[token]", scope["path"]),
                    status=status,
                    milliseconds=round(seconds * 1000, 1),
                )


@lru_cache(maxsize=256)
def _answered(method: str, status: int) -> Counter:
    return REQUESTS.labels(method, status)


@lru_cache(maxsize=len(_METHODS) + 1)
def _took(method: str) -> Histogram:
    return SECONDS.labels(method)


def _complete(message: Message, request_id: str) -> None:
    """Add what every reply has: its id, that nobody guesses its type, and that nobody keeps it unless it says so."""
    headers = message["headers"]
    names = dict(headers)
    if _NO_SNIFFING[0] in names:
        MutableHeaders(scope=message)["x-content-type-options"] = "nosniff"
        more: list[tuple[bytes, bytes]] = []
    else:
        more = [_NO_SNIFFING]
    if _PRIVATE[0] not in names:
        more.append(_PRIVATE)
    message["headers"] = [*message["headers"], *more, (b"x-request-id", request_id.encode())]


class Shortcuts:
    """Hands the requests for some paths straight to their applications, where a router would get after trying every
    route before theirs. What is asked for under a `root_path`, and whatever is no HTTP request, goes on to the router.
    """

    def __init__(self, app: ASGIApp, *, applications: Mapping[str, ASGIApp]) -> None:
        self._app = app
        self._applications = applications

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on."""
        app = self._app
        if scope["type"] == "http" and not scope.get("root_path"):
            app = self._applications.get(scope["path"], app)
        return app(scope, receive, send)


def shortcuts(routes: Sequence[BaseRoute], applications: Mapping[str, ASGIApp]) -> dict[str, ASGIApp]:
    """Those of the applications by path that a router with these routes would hand every request for the path."""
    return {path: app for path, app in applications.items() if _only_app(routes, path) is app}


def _only_app(routes: Sequence[BaseRoute], path: str) -> ASGIApp | None:
    scope = {"type": "http", "method": "GET", "path": path}
    first = next((route for route in routes if route.matches(scope)[0] is not Match.NONE), None)
    if isinstance(first, Mount) or (isinstance(first, Route) and first.methods is None):
        return first.app
    return None

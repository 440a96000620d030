"""What every request passes after the access log: the size limit and the way to its application."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from watching.headers import headers_of

MAX_BODY = 2 * 1024 * 1024
"""The largest body, in bytes."""
MAX_UPLOAD = 6 * 1024 * 1024
"""The largest multipart body where files are taken: an image of 5 MB and what surrounds it."""


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
        headers = headers_of(scope)
        declared = headers.get(b"content-length", b"")
        limit = MAX_BODY
        if headers.get(b"content-type", b"").startswith(b"multipart/") and self._takes_files(scope["path"]):
            limit = MAX_UPLOAD
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


class OnlyMetrics:
    """Leaves of what comes in on a port only `/metrics` to the application; the rest is not there."""

    def __init__(self, app: ASGIApp, *, port: int) -> None:
        self._app = app
        self._port = port

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass the request on, or answer it."""
        app = self._app
        # The address that the connection came in at: no header changes it.
        if scope["type"] != "lifespan" and (scope.get("server") or (None, None))[1] == self._port:
            if scope["type"] == "websocket":
                app = WebSocketClose()
            elif scope["path"] != "/metrics":
                app = PlainTextResponse("Not Found", 404)
        return app(scope, receive, send)


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
    first = next((route for route in routes if isinstance(route, Mount | Route) and route.path_regex.match(path)), None)
    return first.app if first is not None and (isinstance(first, Mount) or first.methods is None) else None

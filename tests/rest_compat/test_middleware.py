"""What every request passes, and that a path's application is found as the router finds it."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.testing import capture_logs

from rest_compat.access_log import AccessLog
from rest_compat.middleware import MAX_BODY, MAX_UPLOAD, Application, BodyLimit, shortcuts
from tests.support.asgi import replied
from tests.support.clients import Product
from watching import metrics

Headers = list[tuple[bytes, bytes]]


async def sent(
    app: Callable[[Scope, Receive, Send], Awaitable[None]],
    method: str = "GET",
    path: str = "/",
    headers: Headers | None = None,
    body: bytes = b"",
    **scope: Any,
) -> list[Message]:
    """What an application sends in reply to a request, or to who wants a WebSocket."""
    came: list[Message] = (
        [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1001}]
        if scope.get("type") == "websocket"
        else [{"type": "http.request", "body": body, "more_body": False}]
    )
    connection: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"careergraph.test"), *(headers or [])],
        **scope,
    }
    return await replied(app, connection, came)


JSON = (b"content-type", b"application/json")
FORM = (b"content-type", b"multipart/form-data; boundary=x")
ORIGIN = (b"origin", b"https://elsewhere.example")
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "QUERY", "get", "")
PATHS = (
    "/graphql",
    "/api/v1/ver",
    "/api/v1/ver/",
    "/api/v1/clock_in/add",
    "/hr/login/",
    "/hr/login",
    "/dict/{dict_item}",
    "/dict/city",
    "/confirm-email",
    "/openapi.json",
    "/healthz",
    "/nowhere",
)
ODD_PATHS = (
    "/graphql/",
    "//graphql",
    "/graphql//",
    "/GraphQL",
    "/graphql\n",
    "/graphql?query={version}",
    "/graph%71l",
    "/api/v1/ver//",
    "//api/v1/ver",
    "/api/v1/ver\n",
    "/api/v1/ver\x00",
    "/api/v1/版本",
    "/api/v1/\ufffd",
    "/api/../graphql",
    "/storage/",
    "/storage/../graphql",
    "/",
    "",
)


async def test_the_short_way_leads_where_the_router_leads(product: Product) -> None:
    app = product.app
    assert isinstance(app, Application)
    *middleware, last = app.user_middleware
    longer = Application(app.around, routes=app.routes, middleware=middleware)
    short = last.kwargs["applications"]
    assert isinstance(short, dict)
    assert {"/graphql", "/api/v1/ver", "/hr/login/"} < short.keys()
    requests: list[dict[str, Any]] = [
        *({"method": method, "path": path} for method in METHODS for path in PATHS),
        *({"method": method, "path": path} for method in ("GET", "POST") for path in ODD_PATHS),
        *({"path": path, "type": "websocket", "subprotocols": []} for path in (*PATHS, *ODD_PATHS)),
        *(
            {"method": "POST", "path": path, "headers": [type_, ORIGIN], "body": body}
            for path in PATHS
            for type_ in (JSON, FORM)
            for body in (b"", b"{", b"{}", b'{"query": "{ version }"}', b"--x--\r\n")
        ),
        *(
            {"method": "POST", "path": root + path, "root_path": root, "headers": [JSON], "body": b"{}"}
            for path in ("/graphql", "/api/v1/ver", "")
            for root in ("/below", "/graphql", "/api")
        ),
        *({"path": path, "query_string": b"query={version}&%ff=%00"} for path in PATHS),
        *({"method": "POST", "path": path, "headers": [(b"content-length", b"9" * 9)]} for path in PATHS),
    ]

    assert [(each, without_id(await sent(app, **each))) for each in requests] == [
        (each, without_id(await sent(longer, **each))) for each in requests
    ]


async def test_a_websocket_is_opened_nowhere_else(product: Product) -> None:
    for path in ("/", "/nowhere", "/graphql//", "/api/v1/ver", "/storage/x", "/healthz"):
        assert await sent(product.app, path=path, type="websocket", subprotocols=[]) == [
            {"type": "websocket.close", "code": 1000, "reason": ""}
        ]


def test_a_path_has_a_short_way_only_where_one_application_takes_every_request() -> None:
    one, other = PlainTextResponse("one"), PlainTextResponse("other")

    async def page(_request: object) -> Response:
        return one

    routes = [
        Route("/page", page),
        Route("/some-methods", one, methods=["POST"]),
        Route("/taken/{name}", other),
        Route("/one", one),
        Mount("/", other),
    ]
    below = ("/page", "/some-methods", "/taken/name", "/one", "/below", "/below/")

    assert shortcuts(routes, dict.fromkeys(below, one)) == {"/one": one}
    assert shortcuts(routes, dict.fromkeys(below, other)) == dict.fromkeys(("/taken/name", "/below", "/below/"), other)
    assert shortcuts(routes[:-1], {"/below": other}) == {}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"a": "1", "b": "2"}, id="others"),
        pytest.param({"a": "1", "x-content-type-options": "sniff", "b": "2"}, id="another value"),
    ],
)
async def test_no_reply_may_be_sniffed(headers: Mapping[str, str]) -> None:
    response = Response(headers=headers)
    had = list(response.raw_headers)

    start, _ = await sent(AccessLog(response))

    others = [pair for pair in had if pair[0] != b"x-content-type-options"]
    added = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]
    assert sorted(told(start)) == sorted([*others, *added])
    again, _ = await sent(AccessLog(response))
    assert told(again) == told(start)


def told(start: Any) -> list[Any]:
    """The headers of a reply but for its id."""
    return [pair for pair in start["headers"] if pair[0] != b"x-request-id"]


def without_id(messages: list[Message]) -> list[Any]:
    """A reply but for its id, which no two replies share."""
    return [{**each, "headers": told(each)} if "headers" in each else each for each in messages]


async def test_each_reply_has_an_id_of_its_own_and_is_private_unless_it_says_so() -> None:
    public = (b"cache-control", b"public, max-age=60")
    starts = [(await sent(AccessLog(Response(headers={"cache-control": public[1].decode()}))))[0] for _ in range(3)]

    ids = {dict(start["headers"])[b"x-request-id"] for start in starts}
    assert len(ids) == 3
    assert all(len(each) == 16 for each in ids)
    assert all([pair for pair in start["headers"] if pair[0] == b"cache-control"] == [public] for start in starts)


async def test_a_line_has_no_token_and_no_query() -> None:
    with capture_logs() as lines:
        start, _ = await sent(
            AccessLog(Response(status_code=204)), "PUT", "/valid/eyJh.eyJz.x-y/now", query_string=b"token=eyJ"
        )

    (line,) = lines
    assert isinstance(line.pop("milliseconds"), float)
    assert line == {
        "event": "request",
        "id": dict(start["headers"])[b"x-request-id"].decode(),
        "log_level": "info",
        "method": "PUT",
        "path": "/valid/[token]/now",
        "client": "",
        "status": 204,
    }


@pytest.fixture
def only_warnings() -> Iterator[None]:
    """A configuration that leaves the access log out."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("only_warnings")
async def test_no_line_is_written_below_the_configured_level() -> None:
    with capture_logs() as lines:
        assert len(await sent(AccessLog(Response()))) == 2

    assert lines == []


def counted(method: str, status: int) -> tuple[float, float]:
    """How many requests were answered so, and how many by the method took any time."""
    metrics.flush()
    labels = {"method": method, "endpoint": "other", "operation": ""}
    answered = REGISTRY.get_sample_value("http_requests_total", {**labels, "status": str(status)})
    took = REGISTRY.get_sample_value("http_request_seconds_count", labels)
    return answered or 0, took or 0


@pytest.mark.parametrize(("method", "label"), [("PATCH", "PATCH"), ("NONSENSE", "other"), ("patch", "other")])
async def test_each_request_is_counted_by_a_known_method(method: str, label: str) -> None:
    answered, took = counted(label, 418)

    for _ in range(2):
        await sent(AccessLog(Response(status_code=418)), method)

    assert counted(label, 418) == (answered + 2, took + 2)


async def test_a_request_that_fails_is_counted_and_logged_as_500() -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise LookupError

    answered, took = counted("DELETE", 500)
    with capture_logs() as lines, pytest.raises(LookupError):
        await sent(AccessLog(failing), "DELETE")

    assert [line["status"] for line in lines] == [500]
    assert counted("DELETE", 500) == (answered + 1, took + 1)


def limited(*, takes_files: bool = True) -> ASGIApp:
    """An application that reads a body, under the limits."""

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        await PlainTextResponse(str(len(body)))(scope, receive, send)

    refused = PlainTextResponse("too large", 413)
    return BodyLimit(reading, refuse=lambda _path: refused, takes_files=lambda _path: takes_files)


async def status(app: ASGIApp, *headers: tuple[bytes, bytes], body: bytes = b"") -> int:
    """The status of the reply to a body."""
    return int((await sent(app, "POST", headers=list(headers), body=body))[0]["status"])


async def test_the_limit_depends_on_the_type_that_a_body_is_read_as() -> None:
    large = (b"content-length", str(MAX_BODY + 1).encode())

    assert await status(limited(), FORM, large) == 200
    assert await status(limited(), JSON, large) == 413
    assert await status(limited(), JSON, FORM, large) == 413
    assert await status(limited(), FORM, JSON, large) == 200
    assert await status(limited(takes_files=False), FORM, large) == 413
    assert await status(limited(), FORM, (b"content-length", str(MAX_UPLOAD + 1).encode())) == 413


@pytest.mark.parametrize("declared", [b"", b"-1", b"1.5", b"1e9", b"\xb2", b"\xff", b"nonsense", b"0"])
async def test_a_body_is_measured_whatever_length_it_declares(declared: bytes) -> None:
    length = (b"content-length", declared)

    assert await status(limited(), JSON, length, body=b" " * MAX_BODY) == 200
    assert await status(limited(), JSON, length, body=b" " * (MAX_BODY + 1)) == 413
    assert await status(limited(), JSON, body=b" " * (MAX_BODY + 1)) == 413

"""Pages of other origins: who may call, and that every reply tells the browser so."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from models.settings import Environment, Settings
from rest_compat.apis import DIALECTS
from server import create_app
from tests.support.clients import Clock, Product, running
from tests.support.keys import PRODUCTION_KEY

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference

ELSEWHERE = "https://elsewhere.example"
NAMED = "HTTPS://App.Example:443/, http://localhost:5173, null"
VERSION = {"query": "{ version }"}


@pytest.fixture
async def production(settings: Settings, clock: Clock) -> AsyncIterator[Product]:
    update = {"environment": Environment.PRODUCTION, "secret_key": PRODUCTION_KEY, "cors_origins": NAMED}
    strict = Settings.model_validate({**settings.model_dump(), **update})
    async with running(create_app(strict, clock), clock, strict.database_url) as started:
        yield started


def told(reply: httpx2.Response) -> tuple[str | None, str | None]:
    """Whose page may read a reply, and whether it may have sent its cookies."""
    return reply.headers.get("access-control-allow-origin"), reply.headers.get("access-control-allow-credentials")


async def preflight(product: Product, path: str, origin: str, method: str, *headers: str) -> httpx2.Response:
    asking = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asking["Access-Control-Request-Headers"] = ",".join(headers)
    return await product.http.options(path, headers=asking)


async def allowed(product: Product, origin: str) -> bool:
    """What a preflight, a query and an old call say, which must agree."""
    asked = await preflight(product, "/graphql", origin, "POST", "content-type")
    replies = [
        asked,
        await product.http.post("/graphql", json=VERSION, headers={"Origin": origin}),
        await product.http.get("/api/v1/ver", headers={"Origin": origin}),
    ]
    (is_allowed,) = {reply.headers.get("access-control-allow-origin") == origin for reply in replies}
    assert [reply.status_code for reply in replies] == [200 if is_allowed else 400, 200, 200]
    for reply in replies:
        assert "Origin" in reply.headers["vary"]
        assert told(reply) == (origin, "true") if is_allowed else told(reply)[0] is None
    return is_allowed


@pytest.mark.parametrize("origin", [ELSEWHERE, "http://localhost:5173", "null", "file://", "http://[::1]:3000"])
async def test_in_development_pages_of_any_origin_may_call(product: Product, origin: str) -> None:
    assert await allowed(product, origin)


async def test_in_production_those_of_named_origins_may(production: Product) -> None:
    for origin in ("https://app.example", "http://localhost:5173", "null", "file://"):
        assert await allowed(production, origin), origin
    for origin in (ELSEWHERE, "http://app.example", "https://app.example:8443", "https://app.example.evil", "", "*"):
        assert not await allowed(production, origin), origin


async def test_in_production_without_any_none_may(settings: Settings, clock: Clock) -> None:
    update = {"environment": Environment.PRODUCTION, "secret_key": PRODUCTION_KEY}
    strict = Settings.model_validate({**settings.model_dump(), **update})
    async with running(create_app(strict, clock), clock, strict.database_url) as product:
        asked = await preflight(product, "/graphql", ELSEWHERE, "POST")
        reply = await product.http.post("/graphql", json=VERSION, headers={"Origin": ELSEWHERE})

    assert (asked.status_code, told(asked)) == (405, (None, None))
    assert (reply.status_code, told(reply)) == (200, (None, None))


async def test_every_old_call_answers_a_preflight_with_the_headers_that_old_clients_send(product: Product) -> None:
    sent = ("authorization", "content-type", "token", "x-auth-token", "x-city", "x-location", "x-platform-code")
    calls = [(endpoint.method, endpoint.path) for dialect in DIALECTS for endpoint in dialect.endpoints]
    assert len(calls) >= 86
    for method, path in (*calls, ("POST", "/graphql"), ("POST", "/graphql/"), ("GET", "/storage/id-card/x.png")):
        reply = await preflight(product, path, ELSEWHERE, method, *sent)
        assert (reply.status_code, told(reply)) == (200, (ELSEWHERE, "true")), path
        assert reply.headers["access-control-allow-headers"] == ",".join(sent)
        assert method in reply.headers["access-control-allow-methods"].split(", ")


async def broken(_request: Request) -> Response:
    raise RuntimeError("as if by mistake")


async def test_every_reply_says_who_may_read_it(product: Product) -> None:
    product.app.router.routes.insert(0, Route("/broken", broken))
    transport = httpx2.ASGITransport(app=product.app, raise_app_exceptions=False)
    code = {"mobile": "13912345678"}
    large = {"account": "x" * 3_000_000}
    calls: list[tuple[int, str, str, dict[str, object]]] = [
        (200, "GET", "/healthz", {}),
        (200, "GET", "/openapi.json", {}),
        (200, "GET", "/captcha", {}),
        (400, "POST", "/graphql", {"content": b"{"}),
        (400, "POST", "/api/v1/user/login", {"json": {}}),
        (401, "GET", "/api/v1/user/info", {}),
        (404, "GET", "/storage/avatar/none.png", {}),
        (404, "GET", "/nowhere", {}),
        (405, "DELETE", "/graphql", {}),
        (405, "PATCH", "/weixin/login", {}),
        (413, "POST", "/graphql", {"json": large}),
        (413, "POST", "/api/v1/user/login", {"json": large}),
        (413, "POST", "/nowhere", {"json": large}),
        (415, "POST", "/graphql", {"content": b"x"}),
        (200, "GET", "/api/register-sms", {"params": code}),
        (422, "GET", "/api/register-sms", {"params": code}),
        (500, "GET", "/broken", {}),
    ]
    async with httpx2.AsyncClient(transport=transport, base_url="http://careergraph.test") as http:
        for status, method, path, options in calls:
            headers = {"Origin": ELSEWHERE, "Content-Type": "application/json" if status == 400 else "text/x"}
            if "json" in options:
                del headers["Content-Type"]
            reply = await http.request(method, path, headers=headers, **options)  # type: ignore[arg-type]
            assert (reply.status_code, told(reply)) == (status, (ELSEWHERE, "true")), path
            assert "Origin" in reply.headers["vary"], path
            exposed = reply.headers["access-control-expose-headers"]
            assert exposed == "Allow, Content-Disposition, ETag, Retry-After, X-Request-Id", path
            assert reply.headers["x-request-id"], path

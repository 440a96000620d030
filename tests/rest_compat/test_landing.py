"""`/`, its icons and `/schema.graphql`."""

from io import BytesIO

import httpx2
import pytest
from PIL import Image
from playwright.async_api import expect
from starlette.applications import Starlette

from resolvers.reference import VERSION
from rest_compat.apis import DIALECTS
from rest_compat.landing import POLICY, landing_routes
from schema.schema import build_schema
from tests.support.browser import running_browser
from tests.support.clients import Product
from tests.support.processes import ROOT, Server

LINKS = {
    "graphql": "/graphql",
    "insight": "/insight",
    "rest": "/docs",
    "schema": "/schema.graphql",
    "map": "/schema-map",
    "openapi": "/openapi.json",
    "health": "/healthz",
    "readiness": "/readyz",
}


async def test_it_is_read_in_chinese_and_english_in_light_and_dark_and_on_a_phone(server: Server) -> None:
    async with running_browser(server.url) as browser:
        page = browser.page
        await page.goto(server.url)
        await expect(page.get_by_role("heading", name="Careergraph")).to_be_visible()
        await expect(page.get_by_text("Ready", exact=True)).to_be_visible()
        await expect(page.locator("html")).to_have_attribute("lang", "en")
        assert await browser.violations() == []
        await page.emulate_media(color_scheme="dark")
        assert await browser.violations() == []
        await page.set_viewport_size({"width": 390, "height": 844})
        assert await browser.overflow() == 0
        await page.set_extra_http_headers({"Accept-Language": "zh-CN,zh;q=0.9"})
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        await expect(page.get_by_text("就绪", exact=True)).to_be_visible()
        await page.get_by_role("link").first.press("Enter")
        await page.wait_for_url("**/graphql")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_what_programs_get_of_the_page_and_of_the_schema(product: Product) -> None:
    page = await product.http.get("/", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["content-language"] == "en"
    assert page.headers.get_list("cache-control") == ["no-store"]
    assert page.headers.get_list("vary") == ["Accept, Accept-Language, Origin"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert POLICY["frame-ancestors"] == "'none'"
    assert "http" not in page.text.replace("HTTP APIs", "")  # nothing comes from elsewhere
    assert f"Version {VERSION}" in page.text

    for accept in ("application/json", "application/json, text/plain, */*"):
        reply = await product.http.get("/", headers={"Accept": accept})
        assert reply.json() == {"name": "Careergraph", "version": VERSION, "status": "ready", "links": LINKS}
    for link in LINKS.values():
        assert (await product.http.get(link, headers={"Accept": "text/html, */*"})).status_code == 200, link
    head = await product.http.head("/")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(page.content)))
    assert (await product.http.post("/")).json() == {"status": 404, "msg": "接口不存在", "data": None}  # as before
    paths = {endpoint.path for dialect in DIALECTS for endpoint in dialect.endpoints}
    assert paths.isdisjoint({"", "/", "/schema.graphql", "/favicon.ico", "/favicon.svg"})

    icon = await product.http.get("/favicon.ico")
    assert Image.open(BytesIO(icon.content)).info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert (await product.http.get("/favicon.svg")).headers["content-type"] == "image/svg+xml"

    schema = await product.http.get("/schema.graphql")
    assert schema.text == (ROOT / "schema" / "schema.graphql").read_text(encoding="utf-8")
    assert schema.text == build_schema().as_str() + "\n"
    assert (schema.headers["content-type"], schema.headers["cache-control"]) == (
        "text/plain; charset=utf-8",
        "private, no-cache",
    )
    tag = schema.headers["etag"]
    for sent, status in ((tag, 304), (f'"other", W/{tag}', 304), ("*", 304), ('"other"', 200), ("", 200)):
        for path, its_tag in (("/schema.graphql", tag),):
            again = await product.http.get(path, headers={"If-None-Match": sent})
            assert (again.status_code, again.headers["etag"]) == (status, its_tag), sent
            assert (again.content == b"") is (status == 304)
    assert (await product.http.head("/schema.graphql")).headers["etag"] == tag


async def test_a_server_that_is_not_ready_says_no_more_than_that() -> None:
    async def is_ready() -> bool:
        return False

    app = Starlette(routes=landing_routes(is_ready, version="1.2.3", is_schema_open=False))
    transport = httpx2.ASGITransport(app=app, root_path="/below")
    async with httpx2.AsyncClient(transport=transport, base_url="http://careergraph.test") as http:
        page = await http.get("/below/", headers={"Accept-Language": "zh"})
        data = (await http.get("/below/", headers={"Accept": "application/json"})).json()

    assert (page.status_code, page.headers["content-language"]) == (200, "zh-Hans")
    assert "未就绪" in page.text
    assert (data["status"], data["links"]["graphql"]) == ("not ready", "/below/graphql")

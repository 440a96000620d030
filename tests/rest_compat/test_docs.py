"""`/docs`: the old APIs for people, in a real browser without the outside network, and without the build."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import expect
from starlette.applications import Starlette

from rest_compat.docs import docs_routes
from rest_compat.work_progress.dialect import WorkProgress
from tests.support.browser import Browser, running_browser
from tests.support.processes import Server

OURS = (".cg-bar", ".cg-graphql")  # Swagger UI's own markup is long, and not ours to mend
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "worker-src 'none'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture
async def browser(server: Server) -> AsyncIterator[Browser]:
    async with running_browser(server.url) as started:
        yield started


async def test_an_endpoint_shows_the_operation_behind_it_and_opens_it_in_graphiql(browser: Browser) -> None:
    page = browser.page
    await page.goto(f"{browser.url}/docs")
    await expect(page).to_have_title("Careergraph REST APIs")

    endpoint = page.locator(".opblock").filter(has_text="/api/v1/clock_in/search")
    await endpoint.locator(".opblock-summary-control").click()
    behind = endpoint.locator(".cg-graphql")
    await expect(behind).to_contain_text("query SearchClockIns")
    await expect(behind.get_by_label("Example variables")).to_contain_text('"first": 10')
    await expect(endpoint).to_contain_text("数字图书馆")  # of the documented reply

    assert await browser.violations(*OURS) == []
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("body")).to_have_css("background-color", "rgb(28, 32, 34)")
    await expect(endpoint.locator("h4", has_text="Parameters")).to_have_css("color", "rgb(228, 230, 230)")
    assert await browser.violations(*OURS) == []
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await browser.overflow() == 0

    async with page.context.expect_page() as opened:
        await behind.get_by_role("link", name="Open in GraphiQL").click()
    graphiql = await opened.value
    await expect(graphiql.locator(".graphiql-query-editor")).to_contain_text("query SearchClockIns")
    await expect(graphiql.get_by_role("region", name="Variables")).to_contain_text('"first": 10')


async def test_a_call_is_tried_out(browser: Browser) -> None:
    page = browser.page
    await page.goto(f"{browser.url}/docs")
    endpoint = page.locator(".opblock").filter(has_text="/api/v1/ver")
    await endpoint.locator(".opblock-summary-control").click()

    await endpoint.get_by_role("button", name="Try it out").click()
    await endpoint.get_by_role("button", name="Execute").click()

    await expect(endpoint.locator(".live-responses-table")).to_contain_text('"version": "0.1.0"')


async def test_the_page_carries_its_policy_and_its_files_may_be_kept_for_ever(server: Server) -> None:
    async with httpx2.AsyncClient(base_url=server.url) as client:
        page = await client.get("/docs")
        files = set(re.findall(r'(?:src|href)="(graphql/explorer/[^"]+)"', page.text))
        kept = [await client.get(f"/{file}") for file in sorted(files)]

    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["cache-control"] == "no-cache"
    assert len(files) == 2  # style and script
    for file in kept:
        assert (file.status_code, file.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


async def test_without_the_build_it_is_a_plain_page(tmp_path: Path) -> None:
    app = Starlette(routes=docs_routes([WorkProgress()], version="0.1.0", dist=tmp_path))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://careergraph.test") as client:
        page = await client.get("/docs")

    assert page.headers["content-security-policy"] == POLICY
    assert "<script" not in page.text
    for endpoint in WorkProgress.endpoints:
        assert f"<b>{endpoint.method}</b> <code>{endpoint.path}</code> {endpoint.title}" in page.text
    assert page.text.count("Open in GraphiQL") == len(WorkProgress.endpoints)
    assert "<code>location</code> (body, required) 打卡地点" in page.text
    assert "mutation ClockIn($input: ClockInInput!)" in page.text

"""GraphiQL in a real browser, cut off from the outside network: whatever goes wrong on the page fails the test."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from playwright.async_api import expect
from structlog.testing import capture_logs

from schema.engine.explorer import DIST, load_explorer
from tests.support.browser import Browser, running_browser
from tests.support.offices import administrator_of, new_office
from tests.support.processes import Server

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; worker-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture
async def browser(server: Server) -> AsyncIterator[Browser]:
    async with running_browser(server.url) as started:
        yield started


async def test_a_newcomer_signs_in_and_runs_an_example(browser: Browser, server: Server) -> None:
    account, password = server.administrator
    page = browser.page
    await browser.open()
    await expect(page).to_have_title("Careergraph")

    await browser.sign_in(account, password)
    await expect(page.get_by_text("Signed in as 管理员")).to_be_visible()
    await page.get_by_text("Student goals").click()
    await page.get_by_role("button", name="Who am I").click()
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("query WhoAmI")
    await expect(page.get_by_role("region", name="Headers")).not_to_contain_text("<token>")
    await browser.run()

    await expect(page.locator(".result-window")).to_contain_text(f'"account": "{account}"')
    assert "authorization" in await browser.sent[-1].all_headers()


async def test_a_role_signs_in_at_a_button_and_its_examples_share_a_tab(browser: Browser) -> None:
    page = browser.page
    await browser.open()
    tabs, editor = page.locator(".graphiql-tab-button"), page.locator(".graphiql-query-editor")
    headers, result = page.get_by_role("region", name="Headers"), page.locator(".result-window")

    await page.get_by_role("button", name="Administrator", exact=True).click()
    await expect(page.get_by_text("Signed in as 管理员")).to_be_visible()
    await expect(headers).not_to_contain_text("<token>")
    for name, operation in (("Who did what", "AuditTrail"), ("Everyone, page by page", "Everyone")) * 2:
        await page.get_by_role("button", name=name).click()
        await expect(tabs).to_have_text([operation])
    await browser.run()
    await expect(result).to_contain_text('"account": "8888888888"')

    await page.get_by_role("button", name="Who did what").click()
    await expect(result).not_to_contain_text('"account"')  # of the one before
    await editor.locator(".monaco-editor").click()
    await page.keyboard.press("Control+End")
    await page.keyboard.type("# mine")
    for name, operation in (("Everyone, page by page", "Everyone"), ("Recruiters and their packages", "Recruiters")):
        await page.get_by_role("button", name=name).click()
        await expect(tabs).to_have_text(["AuditTrail", operation])

    first = await headers.inner_text()
    async with page.expect_response(lambda answer: "mutation Refresh" in (answer.request.post_data or "")) as answer:
        await page.get_by_role("button", name="Refresh", exact=True).click()
    refreshed = (await (await answer.value).json())["data"]["refresh"]
    assert refreshed["errors"] == []
    assert (await page.evaluate("JSON.parse(localStorage.getItem('careergraph:session')).token")) == refreshed["token"]
    await expect(headers).not_to_have_text(first)


async def test_a_person_signs_in_with_any_kind_of_credential(browser: Browser) -> None:
    page = browser.page
    await browser.open()
    await page.get_by_role("button", name="Sign in", exact=True).click()
    dialog = page.get_by_role("dialog")
    for kind, label in (("User name", "USERNAME"), ("Mobile number", "MOBILE"), ("E-mail address", "EMAIL")):
        await dialog.get_by_label("Sign in with").select_option(kind)
        await dialog.get_by_label(kind, exact=True).fill("nobody@careers.example")
        await dialog.get_by_label("Password").fill("wrong2099")
        async with page.expect_response(lambda answer: "SignIn" in (answer.request.post_data or "")) as answer:
            await dialog.get_by_role("button", name="Sign in", exact=True).click()
        sent = json.loads((await answer.value).request.post_data or "")["variables"]["input"]
        assert sent == {"kind": label, "identifier": "nobody@careers.example", "password": "wrong2099"}
        await expect(dialog.get_by_role("alert").filter(has_text="wrong")).to_be_visible()

    await dialog.get_by_label("Sign in with").select_option("WeChat (development)")
    await expect(dialog.get_by_label("Password")).to_have_count(0)
    await dialog.get_by_label("Code").fill("dev-explorer")
    await dialog.get_by_role("button", name="Sign in", exact=True).click()

    await expect(page.get_by_text("Signed in as 微信用户")).to_be_visible()


async def test_it_is_used_on_a_phone_by_keyboard_and_by_whoever_cannot_see_it(browser: Browser) -> None:
    page = browser.page
    await browser.open()
    assert await browser.violations() == []
    await page.emulate_media(color_scheme="dark")
    assert await browser.violations() == []
    await page.set_viewport_size({"width": 390, "height": 844})
    await page.reload()
    run = page.get_by_role("button", name="Execute query")
    await expect(run).to_be_in_viewport()
    assert await browser.overflow() == 0

    await page.get_by_role("button", name="Sign in", exact=True).press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(":focus")).to_have_count(1)
    assert await browser.violations() == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_focused()

    show = page.get_by_role("button", name="Show Examples")
    if not await show.is_visible():  # the pane is open, as the wide window left it
        await page.get_by_role("button", name="Hide Examples").click()
    await show.click()
    assert await browser.violations() == []
    await page.get_by_role("button", name="A dictionary").press("Enter")
    await expect(page.get_by_role("region", name="Examples")).to_have_count(0)  # it covered the editor
    await run.click()
    await expect(page.locator(".result-window")).to_contain_text('"number": 1')
    await expect(page.locator(".result-window")).to_be_in_viewport()
    for name in ("Sign in", "New tab", "Show Examples", "Copy a link to this query", "Show History"):
        await expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    assert await browser.overflow() == 0


async def test_a_wrong_password_is_explained_and_signs_nobody_in(browser: Browser, server: Server) -> None:
    account, password = server.administrator
    await browser.open()

    await browser.sign_in(account, f"not {password}")

    await expect(browser.page.get_by_role("alert").filter(has_text="wrong")).to_be_visible()
    await expect(browser.page.get_by_role("region", name="Headers", include_hidden=True)).to_contain_text("<token>")


async def test_the_placeholder_is_not_sent_as_a_token(browser: Browser) -> None:
    await browser.open()
    await expect(browser.page.get_by_role("region", name="Headers")).to_contain_text("Bearer <token>")

    await browser.run()

    await expect(browser.page.locator(".result-window")).to_contain_text('"data"')
    assert browser.operations[-1] == "VersionAndExam"
    assert "authorization" not in await browser.sent[-1].all_headers()


async def test_signing_out_ends_the_session_and_takes_the_token_out_of_the_headers(
    browser: Browser, server: Server
) -> None:
    await browser.open()
    await browser.sign_in(*server.administrator)
    headers = browser.page.get_by_role("region", name="Headers")
    await expect(headers).not_to_contain_text("<token>")

    async with browser.page.expect_response(lambda answer: "SignOut" in (answer.request.post_data or "")) as answer:
        await browser.page.get_by_role("button", name="Sign out").click()

    assert (await (await answer.value).json())["data"]["signOut"]["errors"] == []
    await expect(headers).to_contain_text("Bearer <token>")


async def test_docs_completion_and_formatting_know_the_schema(browser: Browser) -> None:
    page = browser.page
    await browser.open()

    await page.get_by_role("button", name="Show Documentation Explorer").click()
    await page.get_by_role("link", name="Query").click()
    await expect(page.locator(".graphiql-doc-explorer")).to_contain_text("viewer")

    await page.get_by_role("button", name="New tab").click()
    editor = page.locator(".graphiql-query-editor")
    await editor.locator(".monaco-editor").click()
    await page.keyboard.type("query Typed { view")
    await expect(editor.locator(".suggest-widget.visible")).to_contain_text("viewer")
    await page.keyboard.press("Tab")
    await expect(editor.locator(".view-lines")).to_contain_text("query Typed { viewer")

    await page.keyboard.press("Control+A")
    await page.keyboard.type("{ __typename")
    await page.get_by_role("button", name="Prettify query").click()
    await expect(editor.locator(".view-line")).to_have_count(4)  # {, the field, }, and the line after them


async def test_a_subscription_shows_what_happens(browser: Browser, server: Server) -> None:
    page = browser.page
    administrator = await administrator_of(server.url)
    office = await new_office(server.url, handler=administrator)
    await browser.open(q="subscription Told { notificationReceived { kind } }")
    await browser.sign_in(*server.administrator)
    await expect(page.get_by_role("region", name="Headers", include_hidden=True)).not_to_contain_text("<token>")

    await browser.run()

    # When the server began to listen cannot be seen from here, so it is told until something arrives.
    result = page.locator(".result-window")
    async with asyncio.timeout(60):
        while "SIGN_APPLICATION_SUBMITTED" not in await result.inner_text():
            await office.submit()
            await page.wait_for_timeout(200)
    await page.get_by_role("button", name="Stop query").click()
    await expect(page.get_by_role("button", name="Execute query")).to_be_visible()


async def test_a_shared_link_opens_without_running(browser: Browser) -> None:
    page = browser.page
    await browser.open(q="query Shared { __typename }", variables='{"some": "value"}')
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("query Shared")
    await page.get_by_role("button", name="Variables").click()
    await expect(page.get_by_role("region", name="Variables")).to_contain_text('"some": "value"')

    await browser.run()

    await expect(page.locator(".result-window")).to_contain_text('"__typename": "Query"')
    assert browser.operations == ["IntrospectionQuery", "Shared"]  # once, and only when asked to


async def test_every_file_is_compressed_and_may_be_kept_for_ever(server: Server) -> None:
    manifest = json.loads((DIST / "manifest.json").read_bytes())
    async with httpx2.AsyncClient(base_url=server.url, headers={"Accept-Encoding": "gzip"}) as client:
        for name, asset in manifest["assets"].items():
            response = await client.get(f"/graphql/explorer/{name}")
            assert response.status_code == 200
            assert response.headers["content-type"].split(";")[0] == asset["type"]
            assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers.get("content-encoding") == ("gzip" if "gzip" in asset["sizes"] else None)
            assert len(response.content) == asset["sizes"]["identity"]


async def test_the_page_carries_its_policy_and_nothing_beside_the_files_is_served(server: Server) -> None:
    async with httpx2.AsyncClient(base_url=server.url, headers={"Accept": "text/html"}) as client:
        for path in ("/graphql", "/insight", "/schema-map"):
            page = await client.get(path)
            assert page.headers["content-security-policy"] == POLICY
            assert page.headers["cache-control"] == "no-cache"
            assert "<script>" not in page.text
        for name in (
            "manifest.json",
            "index.html",
            "..%2findex.html",
            "..%2F..%2Fpackage.json",
            "%2e%2e/%2e%2e/server.py",
        ):
            assert (await client.get(f"/graphql/explorer/{name}")).status_code == 404


def test_without_a_build_the_page_comes_from_one_cdn_and_the_log_says_why(tmp_path: Path) -> None:
    (tmp_path / "cdn.html").write_bytes((DIST.parent / "cdn.html").read_bytes())

    with capture_logs() as logs:
        explorer = load_explorer(tmp_path / "dist")

    assert [(entry["log_level"], entry["event"]) for entry in logs] == [("warning", "explorer_not_built")]
    assert "make setup" in logs[0]["hint"]
    page = explorer.page()
    html = bytes(page.body).decode()
    assert html.count("https://unpkg.com/") == html.count('integrity="sha384-') == html.count("https://")
    directives = dict(directive.split(" ", 1) for directive in page.headers["content-security-policy"].split("; "))
    assert directives["script-src"].startswith("'sha256-")
    assert directives["script-src"].endswith(" https://unpkg.com")
    assert explorer.routes == ()
    assert explorer.pages == frozenset()  # which the landing page would link to

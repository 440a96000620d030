"""A real browser, cut off from the outside network: whatever goes wrong on a page fails the test."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.async_api import (
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    Route,
    WebSocket,
    async_playwright,
    expect,
)

from schema.engine.explorer import DIST

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # what the page's own route handler cannot see
]
REPORT_VIOLATIONS = """
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
        console.error(`policy violated: ${effectiveDirective} ${blockedURI}`));
"""

AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"
# What is neither within GraphiQL, Swagger UI or the editor, or is within a part of ours there.
OWN_VIOLATIONS = """async (within) => {
    const context = within.length ? { include: within } : document;
    const { violations } = await axe.run(context, { resultTypes: ['violations'] });
    const isTheirs = (element) => element.closest('.graphiql-container, .swagger-ui');
    const isOurs = (element) => element.closest('[class*="cg-"]') || !isTheirs(element);
    return violations.flatMap(({ id, nodes }) => nodes
        .filter(({ target }) => isOurs(document.querySelector(target[0])))
        .map(({ target }) => `${id} ${target}`));
}"""

# What is seen or read aloud, but for what says that it is English.
ENGLISH_WORDS = """() => {
    const own = (element) => !element.closest('[lang=en]:not(html), script, style, noscript');
    const elements = [...document.querySelectorAll('body, body *')].filter(own);
    const texts = elements.flatMap((each) => [
        ...[...each.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data),
        ...['aria-label', 'title', 'placeholder', 'alt'].map((name) => each.getAttribute(name) ?? ''),
    ]);
    return [document.title, ...texts].flatMap((text) => text.match(/[A-Za-z]{2,}/g) ?? []);
}"""

expect.set_options(timeout=20_000)  # the upper bound on a slow machine; each wait ends as soon as it is met


class Browser:
    """A page, what it sent to the API, and everything that must not happen, there or on a page it opens."""

    def __init__(self, page: Page, url: str, *others: str) -> None:
        self.page = page
        self.url = url
        self._inside = (*(f"{origin}/" for origin in (url, *others)), "data:")
        self.sent: list[Request] = []
        self.faults: list[str] = []
        self._watch(page)
        page.context.on("page", self._watch)

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"page error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("websocket", self._websocket)

    @property
    def operations(self) -> list[str | None]:
        return [json.loads(request.post_data or "{}").get("operationName") for request in self.sent]

    async def open(self, **parameters: str) -> None:
        await self.page.goto(f"{self.url}/graphql?{urlencode(parameters)}" if parameters else f"{self.url}/graphql")
        await expect(self.page.locator(".graphiql-query-editor .view-line").first).to_be_visible()

    async def sign_in(self, account: str, password: str) -> None:
        await self.page.get_by_role("button", name="Sign in", exact=True).click()
        await self.enter(self.page.get_by_role("dialog"), account, password)

    async def enter(self, within: Locator, account: str, password: str) -> None:
        """Fill in the form of the dialog, or of the page that is there instead, and send it."""
        await within.get_by_label("Account").fill(account)
        await within.get_by_label("Password").fill(password)
        await within.get_by_role("button", name="Sign in", exact=True).click()

    async def violations(self, *within: str) -> list[str]:
        """What axe objects to in our own markup: on the page, or within what these selectors find."""
        await self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = await self.page.evaluate(OWN_VIOLATIONS, within)
        return found

    async def english_words(self) -> set[str]:
        """The words in Latin letters on the page."""
        return set(await self.page.evaluate(ENGLISH_WORDS))

    async def overflow(self) -> int:
        """By how much the page is wider than the window, in pixels."""
        width: int = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return width

    async def run(self) -> None:
        await self.page.get_by_role("button", name="Execute query").click()

    async def block_outside(self, route: Route) -> None:
        if self._outside(route.request.url):
            await route.abort()
        else:
            await route.continue_()

    def _outside(self, url: str) -> bool:
        outside = not url.startswith(self._inside)
        if outside:
            self.faults.append(f"outside request: {url}")
        return outside

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if request.method == "POST":
            self.sent.append(request)

    def _websocket(self, socket: WebSocket) -> None:
        self._outside(socket.url.replace("ws", "http", 1))

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")


@asynccontextmanager
async def running_browser(url: str, *others: str) -> AsyncIterator[Browser]:
    """A browser for the server there, and for other origins; a fault on any page fails the test that ends the block."""
    _check_machine()
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = await chromium.new_context(viewport={"width": 1280, "height": 800}, color_scheme="light")
        await context.add_init_script(REPORT_VIOLATIONS)
        browser = Browser(await context.new_page(), url, *others)
        await context.route("**/*", browser.block_outside)
        yield browser
        await chromium.close()
        assert browser.faults == []


def _check_machine() -> None:
    if not CHROMIUM.exists() and "CI" not in os.environ:
        pytest.skip(f"no browser at {CHROMIUM}")
    assert (DIST / "manifest.json").exists(), "the explorer is not built: `make setup` builds it"

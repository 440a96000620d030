"""Insight in a browser, with what the graph answered to it."""

import asyncio
import json
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from tests.support.browser import Browser


class Insight:
    """The page, and what the graph answered to it."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.page = browser.page
        self.replies: dict[str, Any] = {}

    async def counted(self) -> None:
        """Come back once everything is counted, with the replies at hand."""
        await expect(self.page.locator(".in-page")).to_have_attribute("aria-busy", "false")
        for request in self.browser.sent:
            response = await request.response()
            assert response is not None
            self.replies[json.loads(request.post_data or "")["operationName"]] = (await response.json())["data"]

    def statistics(self, part: str) -> Any:
        return self.replies["InsightPage"][part]

    async def download(self, card: str, kind: str) -> tuple[str, bytes]:
        async with self.page.expect_download() as download:
            await self.page.locator(f"[data-card={card}]").get_by_role("button", name=kind).click()
        saved = await download.value
        return saved.suggested_filename, await asyncio.to_thread(Path(await saved.path()).read_bytes)

    async def texts(self, card: str, within: str = "text") -> list[str]:
        return await self.page.locator(f"[data-card={card}] .in-chart svg {within}").all_text_contents()

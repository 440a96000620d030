"""A page of another origin that speaks like the recorder's old front end, in a real browser."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.support.browser import Browser, running_browser
from tests.support.over_http import client_of, recorder_login
from tests.support.processes import Server, running_server

FOLDER = Path(__file__).parent
STUDENTS = [
    {"account": "2031214285", "name": "李雷", "class": "13202107", "major": "软工"},
    {"account": "2031214286", "name": "韩梅梅", "class": "13202108", "major": "微电子"},
]


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without writing about it."""

    def log_message(self, format: str, *args: Any) -> None:
        """Write nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The origin of the page, which is not the server's."""
    files = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(FOLDER)))
    thread = threading.Thread(target=files.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{files.server_port}"
    files.shutdown()
    files.server_close()
    thread.join()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with two students."""
    with running_server(tmp_path / "data") as started:
        with client_of(started) as client:
            client.headers["Authorization"] = f"Bearer {recorder_login(client, *started.administrator)}"
            assert client.post("/api/v1/user/import", json={"list": STUDENTS}).json()["code"] == 0
        yield started


async def sign_in(browser: Browser, account: str, password: str) -> None:
    await browser.page.get_by_label("学号").fill(account)
    await browser.page.get_by_label("密码").fill(password)
    await browser.page.get_by_role("button", name="登录").click()


def lines(browser: Browser, name: str) -> Locator:
    return browser.page.locator(f"#{name} li")


@pytest.mark.browser
async def test_a_student_and_an_administrator_work_as_they_did(server: Server, elsewhere: str) -> None:
    async with running_browser(server.url, elsewhere) as browser:
        page = browser.page
        await page.goto(f"{elsewhere}/old_front_end.html?api={server.url}")
        await sign_in(browser, "2031214285", "214285")
        await expect(page.locator("#who")).to_have_text("李雷 13202107 软工")

        await page.get_by_role("button", name="打卡").click()
        await expect(lines(browser, "clock-ins")).to_have_text(["李雷 2031214285 图书馆"])

        await page.get_by_label("标题").fill("面经")
        await page.get_by_label("内容").fill("第一轮问了算法")
        await page.get_by_role("button", name="发帖").click()
        await expect(lines(browser, "posts")).to_have_text(["面经 | 李雷"])
        await page.get_by_label("评论", exact=True).fill("谢谢")
        await page.get_by_role("button", name="评论最新").click()
        await expect(lines(browser, "posts")).to_have_text(["面经 | 李雷 | 李雷: 谢谢"])

        await page.get_by_label("公司").fill("菜鸟")
        await page.get_by_role("button", name="投递").click()
        await expect(lines(browser, "work-logs")).to_have_text(["菜鸟"])
        for status, stage in (("笔试", "1"), ("拿到offer", "2")):
            await page.get_by_label("进展").fill(status)
            await page.get_by_label("阶段").select_option(stage)
            await page.get_by_role("button", name="更新").click()
            await expect(page.get_by_role("status")).to_have_text("wl/list: 0 success")
        await expect(lines(browser, "work-logs")).to_have_text(["菜鸟 | 1 笔试 | 2 拿到offer"])

        await sign_in(browser, *server.administrator)
        await expect(page.locator("#who")).to_contain_text("管理员")
        await page.get_by_role("button", name="导出").click()
        exported = [
            f"{student['account']},{student['name']},{student['class']},{student['major']}" for student in STUDENTS
        ]
        for line in exported:
            await expect(page.locator("#exported")).to_contain_text(line)
        assert {await request.header_value("origin") for request in browser.sent} == {elsewhere}

"""The map of the schema in a real browser."""

import re

from playwright.async_api import expect

from tests.support.browser import Browser, running_browser
from tests.support.processes import Server


CLOCK_INS_FOR = "已登录用户：查看自己的打卡，教师查看所教班级的打卡，管理员查看全部"


async def test_the_map_shows_types_their_links_and_who_may_read_them(server: Server) -> None:
    async with running_browser(server.url) as browser:
        await walk(browser)


async def walk(browser: Browser) -> None:
    """Through the map, by mouse and keyboard."""
    page = browser.page
    async with page.expect_response("**/schema-map.json") as answer:
        await page.goto(f"{browser.url}/schema-map")
    types = {each["name"]: each for each in (await (await answer.value).json())["types"]}
    fields = {field["name"]: field for field in types["User"]["fields"]}
    by_type = {name: (field["type"], field["leadsTo"], field["readers"]) for name, field in fields.items()}
    owner = "the owner, teachers of the owner's class and administrators"
    assert by_type["account"] == ("String", "String", owner)
    everybody = "signed-in users, who see their own clock-ins; teachers see those of their classes, administrators all"
    assert by_type["clockIns"] == ("ClockInConnection!", "ClockIn", everybody)
    drawn = page.get_by_role("group", name="Types and their links").get_by_role("button")
    drawable = [name for name, each in types.items() if each["isDrawn"]]
    await expect(drawn).to_have_count(len(drawable))
    assert {"User", "Query", "Statistics"} <= set(drawable)
    assert set(drawable).isdisjoint({"ClockInConnection", "ClockInEdge", "ClockInPayload", "Mutation", "PageInfo"})

    heading, chosen = page.get_by_role("heading", level=2), page.locator("[data-type][aria-pressed=true]")
    await expect(heading).to_have_text("User")
    assert await browser.violations() == []
    await page.get_by_label("Find a type").fill("clockin")
    await page.keyboard.press("Enter")
    await expect(heading).to_have_text("ClockIn")
    location = next(field for field in types["ClockIn"]["fields"] if field["name"] == "location")
    await expect(page.locator(".map-panel li", has_text="location")).to_contain_text(f"For {location['readers']}")
    await chosen.press("ArrowRight")
    await expect(heading).not_to_have_text("ClockIn")
    await expect(chosen).to_be_focused()
    await page.go_back()
    await expect(heading).to_have_text("ClockIn")
    await page.get_by_role("button", name="ClockInSlot").click()  # which is not in the picture
    await expect(page.locator(".map-panel li code")).to_have_text(["MORNING", "AFTERNOON", "EVENING"])
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await browser.overflow() == 0

    await page.get_by_role("button", name="中文").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Schema 地图")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await page.get_by_label("查找类型").fill("ClockIn")
    await expect(heading).to_have_text("ClockIn")
    await expect(page.locator(".map-panel li", has_text="location").first).to_contain_text(f"可读取者 {CLOCK_INS_FOR}")
    in_schema = set(re.findall("[A-Za-z]+", " ".join([*types, *(str(field) for field in types["ClockIn"]["fields"])])))
    assert await browser.english_words() - in_schema == {"Careergraph", "Schema", "SDL"}
    assert await browser.overflow() == 0

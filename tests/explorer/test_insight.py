"""Insight in a real browser, on the demonstration data: what it shows is what the graph answers to whoever signed in."""

import csv
import io
import re
from collections import Counter
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from playwright.async_api import expect
from sqlalchemy import insert

from models.db import Database
from models.identity import User
from models.statements import table_of
from resolvers.demonstration import DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD, DEMONSTRATION_TEACHER
from resolvers.demonstration.students import CLASSES
from tests.support.browser import running_browser
from tests.support.clients import Person, Product
from tests.support.insight import Insight
from tests.support.serving import served

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the database makes no difference

PERIOD = {"firstDay": "2026-02-01", "lastDay": "2026-03-02"}  # of the clock of the tests
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { token user { databaseId } } }"
SET_GOAL = "mutation ($input: SetEmploymentGoalInput!) { setEmploymentGoal(input: $input) { errors { code } } }"
FORMULA = '=1+1,"x"'
"""What a student may write, and no spreadsheet may compute."""
COLOURS = ((0.3, "#b2182b"), (0.5, "#ef8a62"), (0.7, "#f7d9a8"), (0.9, "#92c5de"), (2, "#2166ac"))
SCHOOL = ["InsightProjects", "InsightCredits", "InsightFeeds"]


async def test_teachers_and_administrators_look_at_their_classes(demonstrated: Product, database: Database) -> None:
    await name_a_formula(demonstrated)
    async with served(demonstrated) as url, running_browser(url) as browser:
        insight, page = Insight(browser), browser.page
        await page.clock.set_fixed_time(demonstrated.clock.now)
        await page.goto(f"{url}/insight")
        assert await browser.violations() == []
        await page.get_by_role("button", name="Administrator").click()
        await insight.counted()

        operations = list(map(str, browser.operations))
        assert operations[:2] == ["SignIn", "InsightViewer"]
        # The school is asked for beside the one operation of the students.
        assert sorted(operations[2:]) == sorted(["InsightPage", *SCHOOL])
        await check_charts(insight)
        await check_downloads(insight)
        await check_looks(insight)
        browser.sent.clear()
        await check_search(insight)

        await page.get_by_role("button", name="Sign out").click()
        await page.goto(f"{url}/insight")
        browser.sent.clear()
        await page.get_by_role("button", name="Teacher").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(CLASSES[0])
        await insight.counted()
        assert sorted(map(str, browser.operations)) == sorted(
            ["SignIn", "InsightViewer", "InsightAbsentees", "InsightPage"]
        )
        assert [row["className"] for row in insight.statistics("offers")["classes"]] == [CLASSES[0]]
        absentees = insight.replies["InsightAbsentees"]["schoolClass"]["absentees"]["nodes"]
        names = page.locator("[data-card=absentees] tbody tr td:first-child")
        await expect(names).to_have_text([student["name"] for student in absentees])
        await expect(page.get_by_role("heading", name="The whole school")).to_have_count(0)
        # In the morning of the last day, the evening before is the last slot of which it is known who was absent.
        assert demonstrated.clock.now == datetime(2026, 3, 2, 2, tzinfo=UTC)
        absent = f"Evening, Mar 1, 2026, the last slot that is over. Absent: {len(absentees)}."
        await expect(page.locator("[data-card=absentees] [role=status]")).to_have_text(absent)
        await page.get_by_label("Day", exact=True).fill("2026-03-02")
        await page.get_by_label("Slot", exact=True).select_option("Morning")
        running = re.compile(r"^Morning, Mar 2, 2026\. This slot is not over yet\. Without a clock-in so far: \d+\.$")
        await expect(page.locator("[data-card=absentees] [role=status]")).to_have_text(running)
        await page.emulate_media(media="print")
        await expect(page.locator("[data-card=absentees]")).not_to_be_visible()  # names stay off the paper
        await page.emulate_media(media="screen")

        await page.get_by_role("button", name="Sign out").click()
        await browser.enter(page.locator("main"), DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD)
        await expect(page.get_by_role("alert")).to_contain_text("Insight is for teachers and administrators.")

        await check_chinese(insight, demonstrated)
        await page.get_by_role("button", name="Sign out").click()
        await page.goto(f"{url}/insight")
        await check_a_large_school(insight, database)


async def check_search(insight: Insight) -> None:
    """A class is found by what is typed, by keyboard and by touch; and the view can be sent to a colleague."""
    page = insight.page
    field, options = (
        page.get_by_role("combobox", name="Class", exact=True),
        page.get_by_role("listbox").get_by_role("option"),
    )
    await field.click()
    await expect(options).to_have_text(["All classes", *sorted(CLASSES)])
    await expect(field).to_have_attribute("aria-expanded", "true")
    assert await insight.browser.violations() == []
    await field.press("Escape")
    await expect(options).to_have_count(0)
    await field.press("ArrowDown")
    await expect(options).to_have_count(1 + len(CLASSES))
    await field.press("ArrowUp")
    active = await field.get_attribute("aria-activedescendant")
    await expect(page.locator(f"[id='{active}']")).to_have_text(sorted(CLASSES)[-1])
    await field.fill("no such class")
    await expect(page.get_by_text("No class has this in its name.")).to_be_visible()
    await field.fill(CLASSES[1][2:])
    await field.press("Enter")  # before there is an answer
    await expect(page.get_by_role("heading", level=1)).to_have_text(CLASSES[1])
    await expect(field).to_have_value(CLASSES[1])
    await insight.counted()
    assert {row["className"] for row in insight.statistics("attendance")["groups"]} == {CLASSES[1]}
    assert f"class={quote(CLASSES[1])}" in page.url
    await field.click()
    await options.get_by_text(CLASSES[0]).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(CLASSES[0])
    await insight.counted()
    insight.browser.sent.clear()
    await page.goto(page.url)
    await expect(page.get_by_role("heading", level=1)).to_have_text(CLASSES[0])
    await insight.counted()


async def check_chinese(insight: Insight, product: Product) -> None:
    """Who chose Chinese in the graph gets the page in it, with all that is downloaded and read aloud; and may choose."""
    browser, page = insight.browser, insight.page
    by_password = {"identifier": DEMONSTRATION_TEACHER, "password": DEMONSTRATION_TEACHER[-6:]}
    signed = (await product.data(SIGN_IN, {"input": by_password}))["signIn"]
    teacher = Person(signed["user"]["databaseId"], DEMONSTRATION_TEACHER, signed["token"])
    await product.data("mutation { setLanguage(input: {language: CHINESE}) { errors { code } } }", person=teacher)
    await page.get_by_role("button", name="Sign out").click()
    await page.goto(f"{browser.url}/insight?from=2026-03-02&to=2026-03-01")
    await page.get_by_role("button", name="Teacher").click()
    browser.sent.clear()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await expect(page.get_by_role("alert")).to_have_text(["firstDay 不能晚于 lastDay。"])
    await page.get_by_label("时间").select_option("最近 30 天")
    await expect(page.locator("[data-card=absentees] [role=status]")).to_contain_text(
        "2026年3月1日晚上，最近一个已结束的时段。缺勤"
    )
    await insight.counted()
    assert {request.headers["accept-language"] for request in browser.sent} == {"zh-Hans"}
    await expect(page).to_have_title("Careergraph 数据洞察")
    await page.locator("[data-card=attendance-map] summary").press("Enter")
    await page.get_by_role("combobox", name="班级", exact=True).click()
    await expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(["全部班级", CLASSES[0]])
    assert await browser.english_words() == {"Careergraph", "Schema", "SVG", "PNG", "CSV", "offer"}
    name, content = await insight.download("attendance-slots", "CSV")
    assert name == f"各时段打卡率-全部班级-{PERIOD['firstDay']}-{PERIOD['lastDay']}.csv".replace("全部班级", CLASSES[0])
    assert content.decode("utf-8-sig").splitlines()[:2][0] == "时段,已打卡,应打卡,打卡率,缺勤"
    assert [line.split(",")[0] for line in content.decode("utf-8-sig").splitlines()[1:]] == ["上午", "下午", "晚上"]
    assert await browser.violations() == []
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("[data-card=absentees] h3")).to_have_text("Absentees")
    browser.sent.clear()
    await page.reload()
    await expect(page.locator("[data-card=absentees] h3")).to_have_text("Absentees")  # although the graph says Chinese
    await insight.counted()


async def check_a_large_school(insight: Insight, database: Database) -> None:
    """With more than a hundred classes, the page opens with the first, and counts the school when it is asked to."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    person = {"name": "同学", "created_at": now, "updated_at": now}
    people = [{**person, "class_name": f"0{number:03}"} for number in range(101)]
    values = {"major": "", "has_initial_password": False, "must_change_password": False}
    goals = {"pursues_postgraduate": False, "pursues_employment": False}
    async with database.transaction() as transaction:
        await transaction.execute_many(insert(table_of(User)), [{**each, **values, **goals} for each in people])
    page, sent = insight.page, insight.browser.sent
    sent.clear()
    await page.get_by_role("button", name="Administrator").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("0000")
    await expect(page.locator("[data-card=absentees] [role=status]")).to_be_visible()
    await insight.counted()
    operations = sorted(map(str, insight.browser.operations))
    assert operations == ["InsightAbsentees", "InsightPage", "InsightViewer", "SignIn"]
    sent.clear()
    await page.get_by_role("button", name="Count the whole school").click()
    await expect(page.locator("[data-card=feeds]")).to_be_visible()
    await insight.counted()
    assert list(map(str, insight.browser.operations)) == SCHOOL


async def name_a_formula(product: Product) -> None:
    by_password = {"identifier": DEMONSTRATION_ACCOUNT, "password": DEMONSTRATION_PASSWORD}
    signed = (await product.data(SIGN_IN, {"input": by_password}))["signIn"]
    student = Person(signed["user"]["databaseId"], DEMONSTRATION_ACCOUNT, signed["token"])
    goal = {"status": "SEEKING", "targetCompany": "", "targetJob": "", "targetSalary": "", "targetArea": FORMULA}
    done = await product.data(SET_GOAL, {"input": goal}, person=student)
    assert done["setEmploymentGoal"]["errors"] == []


async def check_charts(insight: Insight) -> None:
    """The marks, labels and tables of the charts against the replies."""
    groups = insight.statistics("attendance")["groups"]
    assert {(row["className"], row["slot"]) for row in groups} == {
        (name, slot) for name in CLASSES for slot in ("MORNING", "AFTERNOON", "EVENING")
    }
    bars = insight.page.locator("[data-card=attendance-map] .in-chart svg [fill^='#']")
    fills = await bars.evaluate_all("(bars) => bars.map((bar) => bar.getAttribute('fill'))")
    expected = (next(colour for below, colour in COLOURS if row["rate"] < below) for row in groups)
    assert Counter(fills) == Counter(expected)

    (everybody,) = insight.statistics("offers")["all"]
    steps = ("studentCount", "employmentGoalCount", "applicantCount", "succeededCount", "signApplicantCount")
    counts = [everybody[step] for step in (*steps, "signedCount")]
    assert everybody["studentCount"] == 36
    shown = [text for text in await insight.texts("offers") if "·" in text]
    assert shown == [f"{count} · {percent(count / 36)}" for count in counts]
    cells = [int(text) for text in await insight.texts("offers-classes") if text.isdigit()]
    rows = insight.statistics("offers")["classes"]
    assert cells == [row[step] for row in rows for step in (*steps, "signedCount")]

    targets = insight.statistics("goals")["JOB"]
    await insight.page.get_by_label("Show").select_option("Jobs")
    card = insight.page.locator("[data-card=goal-targets-job]")
    await card.locator("summary").press("Enter")
    rows = [f"{row['target']}{row['studentCount']}" for row in targets]
    await expect(card.get_by_role("row")).to_have_text(["JobsStudents", *rows])
    rates = {row["className"]: percent(row["rate"]) for row in insight.statistics("attendance")["classes"]}
    assert {text for text in await insight.texts("attendance-classes") if "%" in text} == set(rates.values())
    projects = [insight.replies["InsightProjects"][status]["totalCount"] for status in ("REGISTRATION", "ING")]
    assert (await insight.texts("projects"))[-4:-2] == [str(count) for count in projects]
    figure = insight.page.locator(".in-figures dd strong")
    await expect(figure).to_have_text(
        [
            "36",
            percent(insight.statistics("attendance")["all"][0]["rate"]),
            percent(insight.statistics("streaks")["all"][0]["streakingCount"] / 36),
            percent(insight.statistics("goals")["all"][0]["goalRate"]),
            *(str(everybody[step]) for step in ("applicantCount", "signedCount")),
        ]
    )


async def check_downloads(insight: Insight) -> None:
    name, content = await insight.download("attendance-map", "CSV")
    assert name == f"Attendance-day-by-day-All-classes-{PERIOD['firstDay']}-{PERIOD['lastDay']}.csv"
    assert content.startswith(b"\xef\xbb\xbfClass,Day,Slot,Attended,Expected,Rate\r\n")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    assert [[*row[:5], float(row[5])] for row in rows] == [
        [row["className"], row["day"], row["slot"].title(), str(row["attended"]), str(row["expected"]), row["rate"]]
        for row in insight.statistics("attendance")["groups"]
    ]
    await insight.page.get_by_label("Show").select_option("Places")
    name, content = await insight.download("goal-targets-area", "CSV")
    assert '\r\n"\'=1+1,""x""",1\r\n' in content.decode()
    _, content = await insight.download("offers-classes", "SVG")
    picture = ElementTree.fromstring(content)  # noqa: S314 -- of our own page
    assert picture.findtext("{http://www.w3.org/2000/svg}title", "").startswith("From goal to contract, by class: All")
    _, content = await insight.download("streaks", "PNG")
    assert content.startswith(b"\x89PNG")


HEADINGS_OVER_ONE_ANOTHER = """() => {
    const texts = [...document.querySelectorAll('[data-card=goals] .in-chart svg text')];
    const boxes = texts.filter((each) => /^(Students|With a)/.test(each.textContent)).map((each) => each.getBoundingClientRect());
    const pairs = boxes.slice(1).map((box, place) => [Math.round(boxes[place].right), Math.round(box.left)]);
    return [boxes.length, ...pairs.filter(([right, left]) => left < right)];
}"""


async def check_looks(insight: Insight) -> None:
    """For screen readers, in dark, on a phone, on paper."""
    browser, page = insight.browser, insight.page
    for card in await page.locator(".in-card:has(.in-chart)").all():
        picture = card.get_by_role("img")
        await expect(picture).to_have_accessible_name(await card.get_by_role("heading").inner_text())
        await expect(picture).to_have_accessible_description(re.compile("The table below has every number"))
    await expect(page.get_by_role("table")).to_have_count(1)  # which was opened
    assert await browser.violations() == []
    await page.emulate_media(color_scheme="dark")
    assert await browser.violations() == []
    await page.set_viewport_size({"width": 390, "height": 844})
    assert await browser.overflow() == 0
    for width in (390, 350):
        await page.set_viewport_size({"width": width, "height": 844})
        await expect(page.locator("[data-card=goals] .in-chart svg")).to_be_visible()
        assert await page.evaluate(HEADINGS_OVER_ONE_ANOTHER) == [3]
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.emulate_media(media="print")
    for control in (page.get_by_label("Filters"), page.get_by_role("button"), page.get_by_role("navigation")):
        await expect(control.locator("visible=true")).to_have_count(0)
    await expect(page.locator("[data-card=attendance-map] .in-chart svg")).to_be_visible()
    await expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")  # although it is dark
    await page.emulate_media(media="screen", color_scheme="light")


def percent(value: float) -> str:
    """As the page writes it."""
    return f"{round(value * 100 + 1e-9, 1):.1f}".removesuffix(".0") + "%"

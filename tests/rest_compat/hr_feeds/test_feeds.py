"""The old API's feeds: their form, their list and their end."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import MatchingTask
from models.talent.recruiters import Package
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import (
    FORM,
    call,
    candidate,
    new_feed,
    new_recruiter,
    new_resumes,
    object_id,
    recommended,
    told,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

SUBMIT = "/special_feed/submit_feed/"
PAGE = "/special_feed/page/"
NOTHING = {"errors": {}, "redirect_url": "", "username": "", "mission_time": 0, "show_mission": False}
FEED_ERROR = {"status": "feed_error", "msg": "定制不存在"}


async def stored(database: Database) -> list[Any]:
    table = table_of(Feed)
    return list(await database.fetch(select(table).order_by(table.c.id)))


async def submitted(product: Product, person: Person, **changes: Any) -> dict[str, Any]:
    return await told(product, person, SUBMIT, json={**FORM, **changes})


async def shown(product: Product, person: Person) -> list[dict[str, Any]]:
    reply = await told(product, person, PAGE)
    return [row["feed"] for row in reply["data"]["all_feed"]]


async def test_the_documents_form_orders_a_feed_and_changes_it(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)

    added = await submitted(product, person)

    (row,) = await stored(database)
    ids = {"redirect_url": "/feed", "feed_id": object_id(row.id)}
    assert added == {**NOTHING, "status": "ok", "msg": "添加成功", **ids}
    assert (row.keywords, row.areas, row.welfare) == (["python"], ["北京", "上海"], ["不加班", "不打卡"])
    assert (row.levels, row.company_preferences) == (["intermediate", "senior"], [2])
    assert (row.domains, row.company_domains) == ([7], [7, 14])

    saved = await submitted(product, person, feed_id=object_id(row.id), title="Go开发", talent_level="专家")

    assert saved == {**added, "msg": "保存成功"}
    (feed,) = await shown(product, person)
    instant = int(clock.now.timestamp())
    assert feed == {
        "last_click_time": instant,
        "start_time": instant,
        "job_type": "全职",
        "feed_type": "special",
        "partner_feed": False,
        "job_desc": "Python\nHtml\nJS",
        "keywords": "python",
        "has_expire": False,
        "expire_status": False,
        "id": object_id(row.id),
        "salary_min": 3000,
        "salary_max": 5000,
        "talent_level": "专家",
        "expect_area": "北京,上海",
        "title": "Go开发",
        "unread_count": 0,
    }


@pytest.mark.parametrize(
    ("field", "sent", "column", "kept"),
    [
        ("keywords", "python，爬虫、 数据挖掘 ,,", "keywords", ["python", "爬虫", "数据挖掘"]),
        ("expect_area", "", "areas", []),
        ("job_welfare", "364天都放假", "welfare", ["364天都放假"]),
        ("talent_level", "初级、专家", "levels", ["junior", "expert"]),
        ("talent_level", None, "levels", []),
        ("salary_min", "2500", "salary_min", 2500),
        ("company_prefer", [{"id": 1, "name": "一线互联网人才"}, 2], "company_preferences", [1, 2]),
        ("job_domain", [{"id": 7, "category": "O2O"}], "domains", [7]),
        ("categorys", [7, 14, 7], "company_domains", [7, 14]),
        ("analyze_job_domain", [{"whatever": 1}], "domains", [7]),
        ("job_desc", "职" * 1000, "job_description", "职" * 1000),
    ],
)
async def test_values_come_in_several_ways(
    product: Product, database: Database, settings: Settings, field: str, sent: Any, column: str, kept: Any
) -> None:
    person = await new_recruiter(product, settings)

    reply = await submitted(product, person, **{field: sent})

    assert reply["status"] == "ok", reply
    assert getattr((await stored(database))[0], column) == kept


async def test_a_salary_may_be_negotiable(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    assert (await submitted(product, person, salary_min=0, salary_max=1_000_000))["status"] == "ok"

    assert (await stored(database))[0].salary_min == 0


WRONG: Mapping[str, Sequence[Any]] = {
    "title": ("", " ", None, ["Python"], {"a": 1}, 7, "职" * 65, "a\0b"),
    "job_desc": ("", None, ["x"], "职" * 1001),
    "skill_required": (["x"], 1, "职" * 1001),
    "keywords": ("", ",,", None, ["python"], ",".join(map(str, range(16))), "k" * 65),
    "salary_min": ("abc", "", None, [], True, 999, 3.5, 10**30, "9" * 400, -1),
    "salary_max": ("abc", "", None, {}, 6001, 2999, 2**31, 10**30),
    "talent_level": ("大师", "中级,大师", ["中级"], 1),
    "expect_area": (["北京"], "城" * 33, ",".join(map(str, range(51)))),
    "job_welfare": (["不加班"], "福" * 33),
    "company_prefer": ("2", 2, [999], ["x"], [None], [[2]], [{"name": "x"}], [10**30]),
    "job_domain": ({"id": 7}, [0], [2**31]),
    "categorys": ("O2O", [{"id": "x"}], [{"id": 999}]),
}


@pytest.mark.parametrize(("field", "values"), WRONG.items())
async def test_whatever_is_wrong_with_a_field_is_told_of_that_field(
    product: Product, database: Database, settings: Settings, field: str, values: Sequence[Any]
) -> None:
    person = await new_recruiter(product, settings)

    for sent in values:
        reply = await submitted(product, person, **{field: sent})
        assert reply["status"] == "form_error", (sent, reply)
        assert list(reply["errors"]) == [field], (sent, reply)
        assert all(isinstance(text, str) and text for text in reply["errors"][field])
        assert reply["msg"].startswith(field)

    assert await stored(database) == []
    packages = table_of(Package)
    assert await database.fetch_value(select(packages.c.feeds_used)) == 0


async def test_all_faults_are_told_at_once(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    faults = {
        "title": ["x"],
        "job_desc": "职" * 1001,
        "salary_min": "abc",
        "salary_max": 1,
        "keywords": ",".join(map(str, range(16))),
        "talent_level": "大师",
        "job_domain": [999],
        "company_prefer": "2",
    }

    reply = await submitted(product, person, **faults)

    assert set(reply["errors"]) == set(faults)
    assert await stored(database) == []


async def test_an_empty_form_misses_what_must_be_there(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    for body in ({}, {"feed_id": None}, {"title": None}):
        reply = await told(product, person, SUBMIT, json=body)
        assert reply["status"] == "form_error"
        assert set(reply["errors"]) == {"title", "keywords", "job_desc", "salary_min", "salary_max"}


async def test_what_is_no_form_at_all_is_a_form_error(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    headers = {"Authorization": (await call(product, person, PAGE)).request.headers["authorization"]}

    for content, fault in (
        (b"[]", "请求体必须是对象"),
        (b"null", "请求体必须是对象"),
        (b"{", "请求体不是合法的 JSON"),
        (b"\xff", "请求体不是合法的 JSON"),
        (b'{"title": "\\ud800"}', "请求体不是合法的 JSON"),
    ):
        response = await product.http.post(SUBMIT, content=content, headers=headers)
        assert response.status_code == 200
        reply = {"status": "form_error", "msg": fault, "errors": {"request": [fault]}}
        assert response.json() == {**NOTHING, **reply}


async def test_a_feed_that_is_not_the_callers_is_an_error(
    product: Product, database: Database, settings: Settings
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    foreign, deleted = await new_feed(product, other), await new_feed(product, person)
    await told(product, person, f"/feed/delete/{object_id(deleted)}")
    before = await stored(database)
    theirs = (object_id(foreign), object_id(deleted), "55cbfe688230db3518998292")

    for feed_id in (*theirs, "nonsense", "12", "f" * 24, 7, ["a"], object_id(0)):
        assert await submitted(product, person, feed_id=feed_id) == {**NOTHING, **FEED_ERROR}

    assert await stored(database) == before


async def test_without_a_place_there_is_no_feed(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings, feeds=1)
    await submitted(product, person)

    reply = await submitted(product, person)

    assert reply == {**NOTHING, "status": "no_feed", "msg": "没有剩余定制可以使用"}
    assert len(await stored(database)) == 1
    assert await told(product, person, "/special_feed/edit_feed/") == {
        "status": "no_rest_feed",
        "msg": "没有剩余定制可以使用",
    }
    assert (await told(product, person, PAGE))["data"]["has_rest_feed"] is False
    # What is wrong with the form comes first.
    assert (await submitted(product, person, title=""))["status"] == "form_error"
    # A feed that is there may be changed.
    assert (await submitted(product, person, feed_id=object_id(1)))["status"] == "ok"


async def test_the_form_of_a_new_feed_is_empty_and_offers_the_lists(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    data = (await told(product, person, "/special_feed/edit_feed/"))["data"]

    assert {"id": 1, "name": "一线互联网人才"} in data["company_prefer"]
    assert data["expect_area"][:2] == ["北京", "上海"]
    assert "不打卡" in data["job_welfare"]
    assert data["calced"] is False
    company = data["feed"].pop("company")
    assert data["company"] == {"categorys": [], **{name: company[name] for name in company if name != "categroys"}}
    assert set(map(str, data["feed"].values())) == {"", "0", "[]"}
    assert company == {
        "categroys": [],
        "url": "",
        "product_url": "",
        "company_stage": "",
        "company_name": "",
        "key_points": "",
        "desc": "",
    }


async def test_the_form_of_a_feed_shows_what_was_typed(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    await submitted(product, person, skill_required="SQL")
    path = f"/special_feed/edit_feed/{object_id(1)}/"

    reply = await told(product, person, path)

    assert reply["data"]["feed"] == {
        "skill_required": "SQL",
        "keywords": ["python"],
        "job_desc": "Python\nHtml\nJS",
        "salary_min": 3000,
        "salary_max": 5000,
        "talent_level": ["中级", "高级"],
        "expect_area": ["北京", "上海"],
        "title": "Python开发",
        "company_prefer": [{"id": 2, "name": "知名外企人才"}],
        "job_welfare": ["不加班", "不打卡"],
        "job_domain": [{"id": 7, "category": "O2O"}],
        "company": {
            "categroys": [{"id": 7, "category": "O2O"}, {"id": 14, "category": "移动互联网"}],
            "url": "",
            "product_url": "",
            "company_stage": "",
            "company_name": "",
            "key_points": "",
            "desc": "",
        },
    }
    company = reply["data"]["feed"]["company"]
    assert reply["data"]["company"] == {
        "categorys": company["categroys"],
        **{name: company[name] for name in company if name != "categroys"},
    }
    assert reply["data"]["calced"] is False
    async with database.transaction() as transaction:
        await transaction.execute(update(table_of(Feed)).values(calculated_at=clock.now))
        await transaction.execute(table_of(MatchingTask).delete())
    assert (await told(product, person, path))["data"]["calced"] is True
    # What is offered can be sent back as it is.
    feed = reply["data"]["feed"]
    again = {name: feed[name] for name in ("company_prefer", "job_domain", "title", "job_desc")}
    assert (await submitted(product, person, feed_id=object_id(1), **again))["status"] == "ok"


@pytest.mark.parametrize("path", ["/special_feed/edit_feed/{}/", "/feed/delete/{}"])
async def test_what_is_not_the_callers_feed_is_a_feed_error(
    product: Product, database: Database, settings: Settings, path: str
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    foreign, deleted = await new_feed(product, other), await new_feed(product, person)
    await told(product, person, f"/feed/delete/{object_id(deleted)}")
    before = await stored(database)
    numbers = (foreign, deleted, 10**15)

    for feed_id in (*map(object_id, numbers), "nonsense", "12", "F" * 24, "%00", "é"):
        assert await told(product, person, path.format(feed_id)) == FEED_ERROR

    assert await stored(database) == before


async def test_the_list_of_feeds(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person, other = await new_recruiter(product, settings, days=10), await new_recruiter(product, settings)
    empty = {"all_feed": [], "has_rest_feed": True, "vip_user": False}
    assert await told(product, person, PAGE) == {"status": "no_feed", "msg": "没有定制", "data": empty}
    await new_feed(product, other)
    old = await new_feed(product, person, category="INTERNSHIP", acceptsPartners=True)
    new = await new_feed(product, person)
    read, unread = await new_resumes(database, clock, 2)
    await recommended(database, clock, old, read, read_at=clock.now)
    await recommended(database, clock, old, unread)

    feeds = await shown(product, person)

    assert [feed["id"] for feed in feeds] == [object_id(new), object_id(old)]
    assert [feed["unread_count"] for feed in feeds] == [0, 1]
    assert (feeds[1]["job_type"], feeds[1]["partner_feed"]) == ("实习", True)
    clock.advance(days=7)
    await told(product, person, f"/special_feed/feed_list/{object_id(old)}")
    feeds = await shown(product, person)
    assert [feed["expire_status"] for feed in feeds] == [True, False]
    assert feeds[1]["last_click_time"] - feeds[0]["last_click_time"] == 7 * 86400
    assert [feed["has_expire"] for feed in feeds] == [False, False]
    clock.advance(days=3)
    assert [feed["has_expire"] for feed in await shown(product, person)] == [True, True]


async def test_a_recruiter_with_a_bought_package_is_a_vip(
    product: Product, database: Database, settings: Settings
) -> None:
    person = await new_recruiter(product, settings)
    await new_feed(product, person)
    async with database.transaction() as transaction:
        await transaction.execute(update(table_of(Package)).values(is_trial=False))

    assert (await told(product, person, PAGE))["data"]["vip_user"] is True


async def test_deleting_gives_the_place_back_once(product: Product, database: Database, settings: Settings) -> None:
    person = await new_recruiter(product, settings, feeds=2)
    feed, _ = [await new_feed(product, person) for _ in range(2)]
    path = f"/feed/delete/{object_id(feed)}"

    replies = await asyncio.gather(*(told(product, person, path) for _ in range(3)))

    assert sorted(reply["status"] for reply in replies) == ["feed_error", "feed_error", "ok"]
    assert {"status": "ok", "msg": "ok"} in replies
    packages = table_of(Package)
    assert await database.fetch_value(select(packages.c.feeds_used)) == 1
    assert (await submitted(product, person))["status"] == "ok"
    assert (await submitted(product, person))["status"] == "no_feed"


async def test_looking_whether_a_path_is_there_changes_nothing(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    _, resume = await candidate(product)
    await recommended(database, clock, feed, resume)
    before = await stored(database)
    clock.advance(hours=1)

    for path in (
        "/feed/delete/{}",
        "/special_feed/feed_list/{}",
        "/feed/get/{}/{}",
        "/resumes/add_watch/{}?feed_id={}",
        "/resumes/remove_watch/{}?feed_id={}",
        "/feed/modify_feed_result?feed_id={}&resume_id={}&reco_index=-150",
    ):
        response = await call(product, person, path.format(object_id(feed), object_id(resume)), method="HEAD")
        assert (response.status_code, response.headers["allow"]) == (405, "GET")

    assert await stored(database) == before
    listed = await told(product, person, f"/special_feed/feed_list/{object_id(feed)}")
    assert (listed["newest_recommend_count"], listed["data"][0]["favStatus"]) == (1, False)


async def test_what_only_reads_may_be_looked_at(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    for path in (PAGE, "/special_feed/edit_feed/", "/resume/follow/list/"):
        response = await call(product, person, path, method="HEAD")
        assert (response.status_code, response.content) == (200, b"")


async def test_nobody_comes_in_without_signing_in(product: Product, settings: Settings) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    stolen = Person(other.id, "", person.token)
    refused = {"status": "no_auth", "msg": "请先登录"}
    first = object_id(1)

    for path in (
        PAGE,
        "/special_feed/edit_feed/",
        f"/special_feed/edit_feed/{first}/",
        f"/special_feed/feed_list/{first}",
        f"/feed/delete/{first}",
        f"/feed/get/{first}/{first}",
        f"/feed/modify_feed_result?feed_id={first}&resume_id={first}&reco_index=150",
        f"/resumes/add_watch/{first}?feed_id={first}",
        f"/resumes/remove_watch/{first}?feed_id={first}",
        "/resume/follow/list/",
    ):
        assert await told(product, None, path) == refused
        # The token of somebody else, under one's own name.
        assert await told(product, stolen, path) == refused

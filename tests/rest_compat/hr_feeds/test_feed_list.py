"""The old API's list of recommendations, and what is done with its rows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models.db import Database
from models.settings import Settings
from models.statements import table_of
from models.talent.recommendations import Recommendation, WatchedResume
from tests.support.clients import Clock, Person, Product
from tests.support.feeds import (
    COMMENT,
    MARK,
    call,
    candidate,
    named,
    new_feed,
    new_recruiter,
    new_resumes,
    object_id,
    recommended,
    told,
)
from tests.support.platform import done
from tests.support.statements import counted

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

EMPTY = {
    "status": "ok",
    "msg": "ok",
    "total_recommend_count": 0,
    "total_count": 0,
    "newest_recommend_count": 0,
    "feed_query_count": 0,
    "start": 0,
    "next_start": -1,
    "data": [],
}
OK = {"status": "ok", "msg": "ok"}
NOT_FOUND = {"status": "not_found", "msg": "数据不存在"}
ACQUIRE = """mutation($input: RecommendationInput!) { acquireContact(input: $input) {
  recommendation { id } errors { code }
} }"""
VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { id } errors { code }
} }"""


async def listing(product: Product, person: Person, feed: int, **query: Any) -> dict[str, Any]:
    return await told(product, person, f"/special_feed/feed_list/{object_id(feed)}", query)


async def numbers(product: Product, person: Person, feed: int, **query: Any) -> list[int]:
    """The numbers of the recommendations of a page."""
    reply = await listing(product, person, feed, **query)
    assert reply["status"] == "ok"
    return [int(row["id"], 16) for row in reply["data"]]


async def stored(database: Database) -> list[Any]:
    table = table_of(Recommendation)
    return list(await database.fetch(select(table).order_by(table.c.id)))


async def test_a_row_of_the_list(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    _, resume = await candidate(
        product,
        age=24,
        gender="FEMALE",
        currentAddress={"province": {"name": "四川省"}, "city": {"name": "成都市"}, "detail": "天府大道 1 号"},
        workExperiences=[
            {"company": "近水", "startTime": "2022年7月", "endTime": "2022-12", "salary": "5k"},
            {
                "company": "远山科技",
                "position": "后端",
                "startTime": "2023.1",
                "endTime": "至今",
                "description": "写接口",
                "extras": {"company_scale": "100-499人", "industry_category": 7},
            },
        ],
        educations=[
            {"school": "重庆一中", "endTime": "2018"},
            {"school": "重庆大学", "degree": "bachelor", "major": "软件", "startTime": "2018-09", "endTime": "2022-06"},
        ],
        target={
            "level": "SENIOR",
            "category": "FULL_TIME",
            "huntingState": "LOOKING",
            "salaryMin": 8000,
            "salaryMax": 12_000,
            "areas": ["成都", "重庆"],
            "domains": [7, 14],
            "selfEvaluation": "踏实",
            "qq": "12345",
            "email": "candidate@careergraph.test",
        },
    )
    number = await recommended(database, clock, feed, resume, keywords=["python", "sql"])
    first = (await listing(product, person, feed))["data"][0]

    studies = [
        {
            "school": "重庆大学",
            "start_time": 1535731200,
            "end_time": 1654012800,
            "degree": "本科",
            "major": "软件",
        },
        {"school": "重庆一中", "start_time": 0, "end_time": 1514736000, "degree": "", "major": ""},
    ]
    assert first == {
        "feed": {"keywords": ["python", "sql"], "id": object_id(feed)},
        "resume": {
            "job_target": {
                "job_career": "高级",
                "salary": "8000-12000",
                "job_category": "全职",
                "job_hunting_state": "在职，正在找工作",
                "job_industry": "O2O,移动互联网",
                "enroll_time": 1772380800,
                "expectation_area": "成都,重庆",
            },
            "education": studies,
            "educations": studies,
            "address": "四川省成都市",
            "id": object_id(resume),
            "last_contact": 0,
            "hr_evaluate": "",
            "gender": "女",
            "age": 24,
            "self_evaluation": "踏实",
            "works": [
                {
                    "salary": "",
                    "company_category": "",
                    "start_time": 1672502400,
                    "position_category": "",
                    "company_scale": "100-499人",
                    "compnay_name": "远山科技",
                    "industry_category": "",
                    "position_title": "后端",
                    "job_desc": "写接口",
                    "duration": "3年3个月",
                    "end_time": 0,
                },
                {
                    "salary": "5k",
                    "company_category": "",
                    "start_time": 1656604800,
                    "position_category": "",
                    "company_scale": "",
                    "compnay_name": "近水",
                    "industry_category": "",
                    "position_title": "",
                    "job_desc": "",
                    "duration": "6个月",
                    "end_time": 1669824000,
                },
            ],
            "work_years": 3,
        },
        "favStatus": False,
        "user_read_status": "unread",
        "pub_time": "2026-03-02 10:00:00",
        "calc_time": "2026-03-02 10:00:00",
        "id": object_id(number),
        "tags": {
            "keywords": ["python", "sql"],
            "schools": ["重庆大学", "重庆一中"],
            "certifications": [],
            "awards": [],
            "signed": False,
        },
        "contact_info": {},
        "mark_log": [],
        "comment_log": [],
    }
    assert "天府" not in str(first)

    clock.advance(hours=1)
    there = named(feed, resume)
    await done(product, MARK, person, **there, mark="INVITE_INTERVIEW")
    await done(product, MARK, person, **there, mark="NO_INTEREST")
    await done(product, COMMENT, person, **there, content="周三下午面试")
    await done(product, ACQUIRE, person, **there)
    await told(product, person, f"/resumes/add_watch/{object_id(resume)}", {"feed_id": object_id(feed)})
    await told(product, person, f"/feed/get/{object_id(feed)}/{object_id(resume)}")

    (acted_on,) = (await listing(product, person, feed, latest=0))["data"]

    assert acted_on["contact_info"] == {
        "qq": "12345",
        "phone": "13912340001",
        "name": "赵一鸣",
        "email": "candidate@careergraph.test",
        "resume_id": object_id(resume),
    }
    later = 1772416800 + 3600
    assert acted_on["mark_log"] == [
        {"mark_time": later, "good_result": True, "mark_name": "已约到面试"},
        {"mark_time": later, "good_result": False, "mark_name": "对公司项目不感兴趣"},
    ]
    assert acted_on["comment_log"] == [
        {"content": "周三下午面试", "comment_time": later, "resume_id": object_id(resume)}
    ]
    assert (acted_on["favStatus"], acted_on["user_read_status"]) == (True, "read")
    assert acted_on["resume"]["last_contact"] == later
    assert acted_on["pub_time"] == "2026-03-02 10:00:00"


async def test_a_resume_that_says_little(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    (resume,) = await new_resumes(database, clock, 1)
    await recommended(database, clock, feed, resume, keywords=[])

    (row,) = (await listing(product, person, feed))["data"]

    assert row["tags"] == {"keywords": [], "schools": [], "certifications": [], "awards": [], "signed": False}
    assert row["resume"]["job_target"] == {
        "job_career": "",
        "salary": "面议",
        "job_category": "",
        "job_hunting_state": "",
        "job_industry": "",
        "enroll_time": 1772380800,
        "expectation_area": "",
    }
    assert [row["resume"][name] for name in ("works", "education", "educations")] == [[], [], []]
    assert (row["resume"]["address"], row["resume"]["gender"], row["resume"]["work_years"]) == ("", "", 0)


async def test_five_rows_a_page_unread_unless_asked_for(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    resumes = await new_resumes(database, clock, 13)
    rows = [await recommended(database, clock, feed, resume, score=score) for score, resume in enumerate(resumes)]
    read = await told(product, person, f"/feed/get/{object_id(feed)}/{object_id(resumes[12])}")
    assert read == OK
    clock.advance(seconds=1)

    first = await listing(product, person, feed)

    assert [int(row["id"], 16) for row in first["data"]] == rows[11:6:-1]
    assert {name: value for name, value in first.items() if name != "data"} == {
        "status": "ok",
        "msg": "ok",
        "total_recommend_count": 13,
        "total_count": 12,
        "newest_recommend_count": 12,
        "feed_query_count": 12,
        "start": 0,
        "next_start": 1,
    }
    second = await listing(product, person, feed, start=1)
    third = await listing(product, person, feed, start=2)
    beyond = await listing(product, person, feed, start=3)
    assert [reply["start"] for reply in (second, third, beyond)] == [1, 2, 3]
    assert [reply["next_start"] for reply in (second, third, beyond)] == [2, -1, -1]
    assert [len(reply["data"]) for reply in (second, third, beyond)] == [5, 2, 0]
    everything = await listing(product, person, feed, latest=0)
    assert [int(row["id"], 16) for row in everything["data"]] == rows[12:7:-1]
    assert (everything["total_count"], everything["newest_recommend_count"]) == (13, 12)


async def test_paging_shows_each_row_once_while_rows_are_read_and_others_come(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    resumes = await new_resumes(database, clock, 30)
    rows = {await recommended(database, clock, feed, resume): resume for resume in resumes[:17]}
    seen: list[int] = []
    start = 0
    while start != -1:
        clock.advance(seconds=1)
        reply = await listing(product, person, feed, start=start)
        for row in reply["data"]:
            seen.append(int(row["id"], 16))
            clock.advance(seconds=1)
            await told(product, person, f"/feed/get/{object_id(feed)}/{row['resume']['id']}")
        new = resumes[17 + start]
        await recommended(database, clock, feed, new, score=100)
        start = reply["next_start"]

    assert sorted(seen) == sorted(rows)
    clock.advance(seconds=1)
    fresh = await listing(product, person, feed)
    assert len(fresh["data"]) == fresh["total_count"] == 4


FILTERS: Sequence[tuple[dict[str, Any], list[str]]] = [
    ({}, ["plain", "sent", "extended", "old", "ancient"]),
    ({"latest": 1}, ["plain", "sent", "extended", "old", "ancient"]),
    ({"latest": 0}, ["plain", "sent", "partner", "extended", "old"]),
    ({"latest": ""}, ["plain", "sent", "extended", "old", "ancient"]),
    ({"send": 1}, ["sent"]),
    ({"send": 0}, ["plain", "sent", "extended", "old", "ancient"]),
    ({"partner": 1, "latest": 0}, ["partner"]),
    ({"send": 1, "partner": 1, "latest": 0}, ["sent", "partner"]),
    ({"title_match": 1}, ["plain", "sent", "old", "ancient"]),
    ({"extend_match": 1}, ["extended"]),
    ({"title_match": 1, "extend_match": 1}, ["plain", "sent", "extended", "old", "ancient"]),
    ({"reco_time": 7}, ["plain", "sent", "extended"]),
    ({"reco_time": 15}, ["plain", "sent", "extended", "old"]),
    ({"reco_time": 30, "send": 1}, ["sent"]),
    ({"reco_time": 1}, ["plain", "sent", "extended"]),
    ({"reco_time": 8}, ["plain", "sent", "extended"]),
    ({"reco_time": 9}, ["plain", "sent", "extended", "old"]),
    ({"reco_time": 31}, ["plain", "sent", "extended", "old"]),
    ({"reco_time": 10**15, "latest": 0}, ["plain", "sent", "partner", "extended", "old"]),
    ({"reco_time": 7, "title_match": 1}, ["plain", "sent", "old", "ancient"]),
    ({"reco_time": "abc", "title_match": "true"}, ["plain", "sent", "old", "ancient"]),
    ({"reco_time": 7, "title_match": 0}, ["plain", "sent", "extended"]),
    ({"reco_time": 7, "title_match": 1, "extend_match": 1}, ["plain", "sent", "extended", "old", "ancient"]),
    ({"current_area": "成都"}, ["plain"]),
    ({"current_area": "成都,重庆"}, ["plain", "sent"]),
    ({"current_area": "北京"}, []),
    ({"salary_min": 6000}, ["sent"]),
    ({"salary_min": 2000, "salary_max": 3000}, ["plain"]),
    ({"salary_max": 20_000}, ["plain", "sent"]),
]


async def test_the_documented_filters(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    targets: dict[str, Any] = {
        "plain": {"areas": ["成都"], "salaryMin": 3000, "salaryMax": 5000},
        "sent": {"areas": ["重庆"], "salaryMin": 8000, "salaryMax": 9000},
    }
    values: dict[str, dict[str, Any]] = {
        "plain": {"title_score": 50},
        "sent": {"sent": True},
        "partner": {"by_partner": True, "read_at": clock.now},
        "extended": {"title_score": 49},
        "old": {"displayed_at": clock.now - timedelta(days=8)},
        "ancient": {"displayed_at": clock.now - timedelta(days=40)},
    }
    names = {}
    for name, more in values.items():
        _, resume = await candidate(product, target=targets.get(name))
        names[await recommended(database, clock, feed, resume, **more)] = name
    clock.advance(seconds=1)

    for query, found in FILTERS:
        listed = [names[number] for number in await numbers(product, person, feed, **query)]
        assert sorted(listed) == sorted(found), query


SENSELESS: Sequence[dict[str, Any]] = [
    {"start": -5},
    {"start": "abc"},
    {"start": 2**31},
    {"start": "9" * 400},
    {"latest": 2},
    {"latest": "abc"},
    {"send": -1},
    {"partner": 3},
    {"title_match": "yes"},
    {"extend_match": 1.5},
    {"reco_time": 0},
    {"reco_time": -7},
    {"reco_time": 1.5},
    {"reco_time": "abc"},
    {"salary_min": "abc"},
    {"salary_min": -1},
    {"salary_max": 2**31},
    {"start": "²"},
]


async def test_senseless_filters_are_told_of(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)

    for query in SENSELESS:
        reply = await listing(product, person, feed, **query)
        assert (reply["status"], list(reply["errors"])) == ("form_error", list(query))


async def test_a_page_far_beyond_the_end_is_empty(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)

    for start in (1000, 2**31 - 2):
        assert await listing(product, person, feed, start=start) == {**EMPTY, "start": start}


async def test_any_text_is_a_safe_area(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)

    for area in ("%", "_", "'", "NEAR(", "成" * 2000, ",", "\0", "a\0b"):
        reply = await listing(product, person, feed, current_area=area)
        assert reply["status"] in {"ok", "form_error"}
        assert reply.get("data", []) == []


@pytest.mark.parametrize("whose", ["foreign", "unknown", "deleted", "document's"])
async def test_the_list_of_what_is_not_the_callers_feed_is_empty(
    product: Product, database: Database, settings: Settings, clock: Clock, whose: str
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    foreign, deleted = await new_feed(product, other), await new_feed(product, person)
    for feed in (foreign, deleted):
        (resume,) = await new_resumes(database, clock, 1)
        await recommended(database, clock, feed, resume)
    await told(product, person, f"/feed/delete/{object_id(deleted)}")
    id_ = {
        "foreign": object_id(foreign),
        "deleted": object_id(deleted),
        "unknown": object_id(10**15),
        "document's": "5301d989fb6dec344c92b4fe",
    }[whose]

    assert await told(product, person, f"/special_feed/feed_list/{id_}") == EMPTY
    assert await told(product, person, f"/special_feed/feed_list/{id_}", {"start": 2}) == {**EMPTY, "start": 2}


async def test_what_is_no_object_id_is_refused(product: Product, settings: Settings) -> None:
    person = await new_recruiter(product, settings)

    for id_ in ("nonsense", "5301d989fb6dec344c92b4f", "5301d989fb6dec344c92b4fe0", "g" * 24, "%00"):
        reply = await told(product, person, f"/special_feed/feed_list/{id_}")
        assert reply == {"status": "feed_error", "msg": "定制不存在"}


async def test_hiding_and_restoring(product: Product, database: Database, settings: Settings, clock: Clock) -> None:
    person = await new_recruiter(product, settings)
    feed = await new_feed(product, person)
    (resume,) = await new_resumes(database, clock, 1)
    number = await recommended(database, clock, feed, resume)
    ids = {"feed_id": object_id(feed), "resume_id": object_id(resume)}
    modify = "/feed/modify_feed_result"

    assert await told(product, person, modify, {**ids, "reco_index": -150}) == OK
    assert await numbers(product, person, feed) == []
    assert (await listing(product, person, feed))["total_recommend_count"] == 0
    assert await told(product, person, modify, {**ids, "reco_index": "150"}) == OK
    assert await numbers(product, person, feed) == [number]

    for wrong in (7, 0, -151, "abc", "", "150.5", 10**30):
        reply = await told(product, person, modify, {**ids, "reco_index": wrong})
        assert (reply["status"], list(reply["errors"])) == ("form_error", ["reco_index"])
    reply = await told(product, person, modify)
    assert set(reply["errors"]) == {"feed_id", "resume_id", "reco_index"}
    assert await numbers(product, person, feed) == [number]


@pytest.mark.parametrize("whose", ["foreign feed", "unknown feed", "deleted feed", "unknown resume", "secret resume"])
async def test_what_was_not_recommended_is_not_found_and_nothing_changes(
    product: Product, database: Database, settings: Settings, clock: Clock, whose: str
) -> None:
    person, other = await new_recruiter(product, settings), await new_recruiter(product, settings)
    feed, foreign, deleted = (
        await new_feed(product, person),
        await new_feed(product, other),
        await new_feed(product, person),
    )
    (resume,) = await new_resumes(database, clock, 1)
    owner, secret = await candidate(product)
    for of_feed in (feed, foreign, deleted):
        await recommended(database, clock, of_feed, resume)
        await recommended(database, clock, of_feed, secret)
    await done(product, VISIBILITY, owner, visibility="SECRET")
    await told(product, person, f"/feed/delete/{object_id(deleted)}")
    ids = {
        "foreign feed": (foreign, resume),
        "unknown feed": (10**15, resume),
        "deleted feed": (deleted, resume),
        "unknown resume": (feed, 10**15),
        "secret resume": (feed, secret),
    }[whose]
    feed_id, resume_id = map(object_id, ids)
    before = await stored(database)

    for index in (-150, 150):
        query = {"feed_id": feed_id, "resume_id": resume_id, "reco_index": index}
        assert await told(product, person, "/feed/modify_feed_result", query) == NOT_FOUND
    assert await told(product, person, f"/feed/get/{feed_id}/{resume_id}") == NOT_FOUND
    assert await told(product, person, f"/resumes/add_watch/{resume_id}", {"feed_id": feed_id}) == NOT_FOUND

    assert await stored(database) == before
    assert not await database.fetch(select(table_of(WatchedResume)))


@pytest.mark.parametrize("id_", ["nonsense", "g" * 24, "1"])
async def test_malformed_ids_are_refused(product: Product, settings: Settings, id_: str) -> None:
    person = await new_recruiter(product, settings)
    good = object_id(1)

    for path, query in (
        (f"/feed/get/{id_}/{good}", {}),
        (f"/feed/get/{good}/{id_}", {}),
        ("/feed/modify_feed_result", {"feed_id": id_, "resume_id": good, "reco_index": -150}),
        ("/feed/modify_feed_result", {"feed_id": good, "resume_id": id_, "reco_index": -150}),
        (f"/resumes/add_watch/{id_}", {"feed_id": good}),
        (f"/resumes/add_watch/{good}", {"feed_id": id_}),
        (f"/resumes/remove_watch/{id_}", {}),
        (f"/resumes/remove_watch/{good}", {"feed_id": id_}),
    ):
        reply = await told(product, person, path, query)
        assert reply["status"] == "form_error", path
        assert len(reply["errors"]) == 1


async def test_the_statements_of_the_list_do_not_grow_with_it(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    person = await new_recruiter(product, settings)
    costs = []
    for count in (1, 5, 60):
        feed = await new_feed(product, person)
        for resume in await new_resumes(database, clock, count):
            await recommended(database, clock, feed, resume)
        with counted() as statements:
            response = await call(product, person, f"/special_feed/feed_list/{object_id(feed)}")
        assert len(response.json()["data"]) == min(5, count)
        costs.append(len(statements))

    # The last ones are the years of work, which may have loaded again what other fields load.
    assert costs[-1] <= costs[0] <= 20

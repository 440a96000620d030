"""Dates of jobs and studies from the sign cloud's form to the recruiter's list, the graph and matching."""

import json
import unicodedata
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.db import Database
from models.settings import Settings
from resolvers.talent import documents
from schema.engine.node_id import encode
from tests.support.clients import Clock, Product
from tests.support.feeds import new_feed, new_recruiter, object_id, recommended, told
from tests.support.platform import done, writing
from tests.support.signing import call, form, wechat_person

JOBS = (
    # start and end as typed; the first days of their months; months; the duration in words
    ("202009", "202106", "2020-09-01", "2021-06-01", 10, "10个月"),
    ("２０１９．０９", "２０２０年８月", "2019-09-01", "2020-08-01", 12, "1年"),
    ("Sep 2018", "September 2019", "2018-09-01", "2019-09-01", 13, "1年1个月"),
    ("17年9月", "18年8月", "2017-09-01", "2018-08-01", 12, "1年"),
    ("09/2016", "06/2017", "2016-09-01", "2017-06-01", 10, "10个月"),
    ("2025-10", "至今", "2025-10-01", None, 6, "6个月"),
    ("2025-11", "Present", "2025-11-01", None, 5, "5个月"),
    ("2025-12", "until now", "2025-12-01", None, 4, "4个月"),
    ("2010-01", "很久以前", "2010-01-01", None, 0, ""),
    ("从前", "2011-06", None, "2011-06-01", 0, ""),
    ("08.09", "2012-13", None, None, 0, ""),
)
VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { databaseId } errors { code }
} }"""
CANDIDATE = """query($id: ID!) { node(id: $id) { ... on CandidateResume {
  workYears jobs { company startTime endTime startedOn endedOn months } studies { startedOn endedOn }
} } }"""


def seconds(day: str | None) -> int:
    return 0 if day is None else int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())


async def test_dates_as_people_type_them(
    product: Product, database: Database, settings: Settings, clock: Clock
) -> None:
    recruiter = await new_recruiter(product, settings)
    person = await wechat_person(product, "zhao")
    jobs = [{"company": f"公司{n}", "start_time": job[0], "end_time": job[1]} for n, job in enumerate(JOBS)]
    studies = [{"school": "重庆大学", "start_time": "Sep 2012", "end_time": "２０１６０６"}]
    fields = form(work_exp=json.dumps(jobs), employee_edu=json.dumps(studies))
    assert (await call(product, person, "POST", "/employee", fields)).json()["status"] == 0
    shown = await done(product, VISIBILITY, person, visibility="PUBLIC")
    resume = int(shown["resume"]["databaseId"])
    feed = await new_feed(product, recruiter)
    await recommended(database, clock, feed, resume)

    own = await told_own(product, person)
    row = (await told(product, recruiter, f"/special_feed/feed_list/{object_id(feed)}"))["data"][0]["resume"]
    seen = (await product.data(CANDIDATE, {"id": encode("CandidateResume", resume)}, person=recruiter))["node"]

    typed = [tuple(unicodedata.normalize("NFKC", day) for day in job[:2]) for job in JOBS]
    assert [(job["start_time"], job["end_time"]) for job in own["work_exp"]] == typed
    assert {job["compnay_name"]: (job["start_time"], job["end_time"], job["duration"]) for job in row["works"]} == {
        f"公司{n}": (seconds(job[2]), seconds(job[3]), job[5]) for n, job in enumerate(JOBS)
    }
    assert {each["company"]: (each["startedOn"], each["endedOn"], each["months"]) for each in seen["jobs"]} == {
        f"公司{n}": job[2:5] for n, job in enumerate(JOBS)
    }
    assert [(each["start_time"], each["end_time"]) for each in row["education"]] == [
        (seconds("2012-09-01"), seconds("2016-06-01"))
    ]
    assert seen["studies"] == [{"startedOn": "2012-09-01", "endedOn": "2016-06-01"}]
    assert (row["work_years"], seen["workYears"]) == (9, 9), "since 09/2016, the first job whose dates can be read"
    async with writing(settings, clock) as scope:
        document = (await documents.resume_documents(scope, [resume]))[resume]
    assert [job.has_readable_dates for job in document.jobs] == [True] * 8 + [False] * 3


async def told_own(product: Product, person: Any) -> Any:
    return (await call(product, person, "GET", "/employee")).json()["data"]

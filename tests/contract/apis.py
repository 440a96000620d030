"""The contracts of the APIs, and which of their rows are pending, by id, here and nowhere else."""

from collections.abc import Mapping

from tests.contract import attendance, developer_platform, hr_feeds, sign_cloud, work_progress
from tests.contract.cases import Contract

CONTRACTS: Mapping[str, Contract] = {
    "attendance": attendance.CONTRACT,
    "developer_platform": developer_platform.CONTRACT,
    "hr_feeds": hr_feeds.CONTRACT,
    "sign_cloud": sign_cloud.CONTRACT,
    "work_progress": work_progress.CONTRACT,
}
PENDING = {
    "GET /special_feed/edit_feed/{feed_id}/",
    "POST /special_feed/submit_feed/",
    "GET /special_feed/page/",
    "GET /special_feed/feed_list/{feed_id}",
    "GET /feed/delete/{feed_id}",
    "GET /feed/modify_feed_result",
    "GET /resumes/add_watch/{resume_id}",
    "GET /resumes/remove_watch/{resume_id}",
    "GET /resume/follow/list/",
    "GET /feed/get/{feed_id}/{resume_id}",
}

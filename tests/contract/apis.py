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
PENDING: frozenset[str] = frozenset()

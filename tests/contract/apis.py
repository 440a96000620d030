"""Which APIs are done: their contracts. The others are pending, by name, here and nowhere else."""

from collections.abc import Mapping

from tests.contract import attendance, developer_platform, sign_cloud, work_progress
from tests.contract.cases import Contract

DONE: Mapping[str, Contract] = {
    "attendance": attendance.CONTRACT,
    "developer_platform": developer_platform.CONTRACT,
    "sign_cloud": sign_cloud.CONTRACT,
    "work_progress": work_progress.CONTRACT,
}
PENDING = {"hr_feeds"}

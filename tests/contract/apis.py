"""Which APIs are done: their contracts. The others are pending, by name, here and nowhere else."""

from collections.abc import Mapping

from tests.contract import developer_platform, work_progress
from tests.contract.cases import Contract

DONE: Mapping[str, Contract] = {
    "developer_platform": developer_platform.CONTRACT,
    "work_progress": work_progress.CONTRACT,
}
PENDING = {"sign_cloud", "attendance", "hr_feeds"}

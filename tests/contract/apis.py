"""Which APIs are done: their contracts. The others are pending, by name, here and nowhere else."""

from collections.abc import Mapping

from tests.contract import work_progress
from tests.contract.cases import Contract

DONE: Mapping[str, Contract] = {"work_progress": work_progress.CONTRACT}
PENDING = {"sign_cloud", "attendance", "developer_platform", "hr_feeds"}

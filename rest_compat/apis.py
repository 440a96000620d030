"""The old APIs that are served."""

from collections.abc import Sequence

from rest_compat.attendance.dialect import Attendance
from rest_compat.developer_platform.dialect import DeveloperPlatform
from rest_compat.dialect import Dialect
from rest_compat.hr_feeds.dialect import HrFeeds
from rest_compat.sign_cloud.dialect import SignCloud, SignCloudServices
from rest_compat.work_progress.dialect import WorkProgress

DIALECTS: Sequence[Dialect] = (
    WorkProgress(),
    DeveloperPlatform(),
    Attendance(),
    HrFeeds(),
    SignCloud(),
    SignCloudServices(),
)

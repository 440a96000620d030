"""The examination countdown, the version, and whether the server answers."""

from auth.policies import public
from rest_compat.endpoint import Endpoint
from rest_compat.work_progress import failures

ENDPOINTS = (
    Endpoint(
        "GET",
        "/api/v1/pgee/cd",
        "获取考研倒计时",
        "exam_countdown",
        public,
        failures.EXAM_DATE_INVALID,
        reply={"days": "examCountdown.days"},
    ),
    Endpoint(
        "GET",
        "/api/v1/ver",
        "获取后端版本号",
        "version",
        public,
        failures.INTERNAL,
        reply={"version": "version"},
    ),
    Endpoint("GET", "/api/v1/ping", "检查服务是否可用", "ping", public, failures.INTERNAL),
)

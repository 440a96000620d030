"""The talent feeds' endpoints, one file per group."""

from rest_compat.endpoint import Endpoint
from rest_compat.hr_feeds.endpoints import accounts, feeds, recommendations, watches

ENDPOINTS: tuple[Endpoint, ...] = (
    *accounts.ENDPOINTS,
    *feeds.ENDPOINTS,
    *recommendations.ENDPOINTS,
    *watches.ENDPOINTS,
)

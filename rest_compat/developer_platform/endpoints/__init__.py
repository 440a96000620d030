"""The platform's 36 endpoints, one file per group."""

from rest_compat.developer_platform.endpoints import accounts, certification, contact, profile, projects
from rest_compat.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = (
    *accounts.ENDPOINTS,
    *projects.ENDPOINTS,
    *certification.ENDPOINTS,
    *profile.ENDPOINTS,
    *contact.ENDPOINTS,
)

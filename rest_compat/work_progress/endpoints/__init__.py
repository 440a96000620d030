"""The recorder's endpoints: the 22 of the document, and what its later versions added."""

from rest_compat.endpoint import Endpoint
from rest_compat.work_progress.endpoints import attendance, community, goals, journal, reference, users

ENDPOINTS: tuple[Endpoint, ...] = (
    *users.ENDPOINTS,
    *goals.ENDPOINTS,
    *attendance.ENDPOINTS,
    *reference.ENDPOINTS,
    *journal.ENDPOINTS,
    *community.ENDPOINTS,
)

"""The sign cloud's 12 endpoints; `SERVICES` are the two whose replies have an `error_code`."""

from rest_compat.endpoint import Endpoint
from rest_compat.sign_cloud.endpoints import access, signing

ENDPOINTS: tuple[Endpoint, ...] = (*access.ENDPOINTS, *signing.ENDPOINTS)
SERVICES: tuple[Endpoint, ...] = access.SERVICES

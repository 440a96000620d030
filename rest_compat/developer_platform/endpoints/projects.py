"""Projects, level and credits, mirrors."""

from rest_compat.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()

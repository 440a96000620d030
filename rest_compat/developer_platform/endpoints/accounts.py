"""Registration, sign-in and tokens."""

from rest_compat.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()

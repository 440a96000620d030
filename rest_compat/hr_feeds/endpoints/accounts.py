"""Registering, signing in, and whether a token is still good."""

from rest_compat.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()

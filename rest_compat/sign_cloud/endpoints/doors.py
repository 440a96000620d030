"""Signing in, the captcha, the code by short message, and images."""

from rest_compat.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()
SERVICES: tuple[Endpoint, ...] = ()

"""Certification and its dictionaries and uploads."""

from rest_compat.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()

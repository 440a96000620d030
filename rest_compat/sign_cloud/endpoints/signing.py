"""Resumes, applications, and what their forms choose from."""

from rest_compat.endpoint import Endpoint

ENDPOINTS: tuple[Endpoint, ...] = ()

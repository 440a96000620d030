"""Requests that schemathesis makes up from `/openapi.json`: every reply is one that the document describes."""

import asyncio
import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from models.identity import Api
from rest_compat.apis import DIALECTS
from rest_compat.openapi import openapi
from tests.fuzzing.conftest import Fuzzed
from tests.support.recruiters import basic
from tests.support.serving import served

EXAMPLES = int(os.environ.get("FUZZED_EXAMPLES", "4"))
"""Requests to each endpoint, of each kind and from each caller; `FUZZED_EXAMPLES=100` searches longer."""
SCHEMA = schemathesis.openapi.from_dict(openapi(DIALECTS, version="0"))
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations() if isinstance(result, Ok)]
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
APIS = {f"{row.method} {row.path}": dialect.api for dialect in DIALECTS for row in dialect.endpoints}
CALLERS = {
    Api.WORK_PROGRESS: "administrator",
    Api.DEVELOPER_PLATFORM: "nobody",
    Api.SIGN_CLOUD: "handler",
    Api.ATTENDANCE: "attendance_staff",
    Api.HR_FEEDS: "recruiter",
}
"""Who may do most in each API."""


async def credential(fuzzed: Fuzzed, api: Api) -> dict[str, str]:
    """The header of somebody signed in."""
    role = CALLERS[api]
    token = await fuzzed.token(role, api)
    if api is Api.HR_FEEDS:
        return basic(fuzzed.people[role], token)
    return {"X-auth-token": token} if api is Api.SIGN_CLOUD else {"Authorization": f"Bearer {token}"}


def search(url: str, operation: Any, headers: dict[str, str], mode: GenerationMode) -> None:
    """Look for a request whose reply is not documented. Raises schemathesis's failures with the smallest."""

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy(generation_mode=mode))
    def attempt(case: Case[Any]) -> None:
        case.call_and_validate(base_url=url, headers=headers, checks=CHECKS)

    attempt()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
async def test_every_reply_is_documented(fuzzed: Fuzzed, mode: GenerationMode) -> None:
    failures = []
    async with served(fuzzed.product) as url:
        for operation in OPERATIONS:
            for headers in ({}, await credential(fuzzed, APIS[operation.label])):
                try:
                    await asyncio.to_thread(search, url, operation, headers, mode)
                except (Exception, BaseExceptionGroup) as error:
                    failures.append(f"{operation.label}: {error}")

    assert not failures, "\n\n".join(failures)

"""Requests that schemathesis makes up from `/openapi.json`: every reply is one that the document describes."""

import asyncio
import os
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckContext
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from structlog.testing import capture_logs

from models.identity import Api
from rest_compat.apis import DIALECTS
from tests.fuzzing.conftest import Fuzzed
from tests.support.openapi import document
from tests.support.recruiters import basic
from tests.support.serving import served

EXAMPLES = int(os.environ.get("FUZZED_EXAMPLES", "2"))
"""Requests of each kind to each endpoint; `FUZZED_EXAMPLES=100` searches longer."""
FAILURE = 500
"""What one of the old APIs answers to wrong credentials, by its document; what fails inside is found in the log."""
APIS = {f"{row.method} {row.path}": dialect.api for dialect in DIALECTS for row in dialect.endpoints}
CALLERS = {
    Api.WORK_PROGRESS: "administrator",
    Api.DEVELOPER_PLATFORM: "nobody",
    Api.SIGN_CLOUD: "handler",
    Api.ATTENDANCE: "attendance_staff",
    Api.HR_FEEDS: "recruiter",
}
"""Who may do most in each API."""


def no_server_error_but_documented_ones(_: CheckContext, response: Response, case: Case[Any]) -> None:
    """Raises AssertionError for a status of 500 or more, unless the document shows just this reply."""
    if response.status_code < FAILURE:
        return
    documented = case.operation.definition.raw["responses"]
    assert response.status_code == FAILURE, response.text
    assert str(FAILURE) in documented, response.text
    examples = documented[str(FAILURE)]["content"]["application/json"]["examples"].values()
    assert response.json() in [example["value"] for example in examples], response.text


CHECKS = [no_server_error_but_documented_ones, content_type_conformance, response_schema_conformance]


@cache
def operations() -> list[Any]:
    """The calls of the document, as schemathesis reads it."""
    schema = schemathesis.openapi.from_dict(deepcopy(document()))
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


async def credential(fuzzed: Fuzzed, api: Api) -> dict[str, str]:
    """The header of somebody signed in."""
    role = CALLERS[api]
    token = await fuzzed.token(role, api)
    if api is Api.HR_FEEDS:
        return basic(fuzzed.people[role], token)
    return {"X-auth-token": token} if api is Api.SIGN_CLOUD else {"Authorization": f"Bearer {token}"}


def search(url: str, operation: Any, callers: Sequence[dict[str, str]], mode: GenerationMode) -> None:
    """Look for a request whose reply is not documented. Raises schemathesis's failures with the smallest."""

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy(generation_mode=mode), st.sampled_from(callers))
    def attempt(case: Case[Any], headers: dict[str, str]) -> None:
        case.call_and_validate(base_url=url, headers=headers, checks=CHECKS)

    try:
        attempt()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label  # what takes no parameters cannot be asked wrongly


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=lambda mode: mode.value)
async def test_every_reply_is_documented(fuzzed: Fuzzed, mode: GenerationMode) -> None:
    failures = []
    async with served(fuzzed.product) as url:
        with capture_logs() as lines:
            for operation in operations():
                callers: list[dict[str, str]] = [await credential(fuzzed, APIS[operation.label]), {}]
                try:
                    await asyncio.to_thread(search, url, operation, callers, mode)
                except (Exception, BaseExceptionGroup) as error:
                    failures.append(f"{operation.label}: {error}")

    assert not failures, "\n\n".join(failures)
    assert [line for line in lines if line["log_level"] in ("error", "critical")] == []

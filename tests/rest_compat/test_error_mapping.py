"""A row that does not say what becomes of a code of its mutation stops the start."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models.settings import Settings
from resolvers.scope import Services
from rest_compat.apis import DIALECTS
from rest_compat.attendance.dialect import Attendance
from rest_compat.dialect import Dialect
from rest_compat.endpoint import Endpoint, Failure
from rest_compat.error_mapping import WrongErrorMapping, check_error_mapping
from rest_compat.gateway import RestGateway
from rest_compat.work_progress.dialect import WorkProgress
from schema.engine.errors import ErrorCode
from schema.engine.graph import Graph, prepare
from schema.engine.mutations import errors_of
from schema.schema import build_schema

SCHEMA = build_schema()


def row(dialect: type[Dialect], path: str) -> Endpoint:
    """The row of a path that has one."""
    (found,) = (endpoint for endpoint in dialect.endpoints if endpoint.path == path)
    return found


def with_row(dialect: type[Dialect], endpoint: Endpoint, **attributes: Any) -> Dialect:
    """The dialect with this row alone."""
    changed: type[Dialect] = type("Changed", (dialect,), {"endpoints": (endpoint,), **attributes})
    return changed()


def without(failures: Mapping[str, Failure], *codes: ErrorCode) -> dict[str, Failure]:
    """The mapping without these codes."""
    return {code: failure for code, failure in failures.items() if code not in codes}


CLOCK_IN = row(WorkProgress, "/api/v1/clock_in/add")
REMOVE_DIRECTION = row(WorkProgress, "/api/v1/user/dire/del")
STAFF_SIGN_IN = row(Attendance, "/admin/user/login/")
UNMAPPED = "which neither the row nor its dialect maps"
WRONG = {
    "a mapping of the row is missing": (
        with_row(WorkProgress, replace(CLOCK_IN, errors={})),
        f"work_progress: POST /api/v1/clock_in/add: clockIn can answer ALREADY_CLOCKED_IN, {UNMAPPED}.",
    ),
    "a mapping of the dialect is missing": (
        with_row(Attendance, STAFF_SIGN_IN, errors=without(Attendance.errors, ErrorCode.SERVICE_BUSY)),
        f"attendance: POST /admin/user/login/: signIn can answer SERVICE_BUSY, {UNMAPPED}.",
    ),
    "the words of the dialect are missing": (
        with_row(WorkProgress, CLOCK_IN, validation={}),
        f"work_progress: POST /api/v1/clock_in/add: clockIn can answer INVALID_INPUT, {UNMAPPED}.",
    ),
    "a mapping and an exception are missing": (
        with_row(Attendance, replace(STAFF_SIGN_IN, errors={}, cannot={})),
        (
            f"attendance: POST /admin/user/login/: signIn can answer USER_NOT_FOUND, {UNMAPPED};"
            f" signIn can answer AWAITING_ACTIVATION, {UNMAPPED}."
        ),
    ),
    "a mapping is of no use": (
        with_row(WorkProgress, replace(REMOVE_DIRECTION, errors={**REMOVE_DIRECTION.errors, **CLOCK_IN.errors})),
        (
            "work_progress: DELETE /api/v1/user/dire/del:"
            " `errors` maps ALREADY_CLOCKED_IN, which removeDirection does not declare."
        ),
    ),
    "exceptions are of no use": (
        with_row(WorkProgress, replace(CLOCK_IN, cannot=dict.fromkeys(("NOT_FOUND", "ALREADY_CLOCKED_IN"), "Never."))),
        (
            "work_progress: POST /api/v1/clock_in/add: `cannot` names NOT_FOUND, which clockIn does not declare;"
            " `cannot` names ALREADY_CLOCKED_IN, which is mapped."
        ),
    ),
}


@pytest.mark.parametrize("fault", WRONG)
async def test_a_wrong_mapping_stops_the_start(tmp_path: Path, fault: str) -> None:
    dialect, message = WRONG[fault]
    services = Services.from_settings(Settings(_env_file=None, data_dir=tmp_path))  # type: ignore[call-arg]

    with pytest.raises(WrongErrorMapping) as stopped:
        RestGateway(Graph(services, SCHEMA), [dialect])

    assert str(stopped.value) == message
    await services.close()


def mutating_rows() -> Iterator[tuple[Dialect, Endpoint, Mapping[str, tuple[ErrorCode, ...]]]]:
    """The rows that run mutations, with the codes that each mutation declares."""
    for dialect in DIALECTS:
        for endpoint in dialect.endpoints:
            if declared := errors_of(SCHEMA._schema, prepare(SCHEMA._schema, endpoint.source(dialect.folder))):
                yield dialect, endpoint, declared


def test_no_row_can_do_without_any_of_its_mappings() -> None:
    rows = list(mutating_rows())
    assert len(rows) == 54

    for dialect, endpoint, declared in rows:
        check_error_mapping(dialect, endpoint, declared)
        for code in {code for codes in declared.values() for code in codes}:
            bare = replace(endpoint, errors=without(endpoint.errors, code), cannot={})
            words = {known: text for known, text in dialect.validation.items() if known != code}
            unmapped = with_row(type(dialect), bare, errors=without(dialect.errors, code), validation=words)
            with pytest.raises(WrongErrorMapping) as stopped:
                check_error_mapping(unmapped, bare, declared)
            for word in (dialect.name, endpoint.method, endpoint.path, code):
                assert word in str(stopped.value)


def test_every_exception_says_why() -> None:
    exceptions = [
        (endpoint.path, code, why) for _, endpoint, _ in mutating_rows() for code, why in endpoint.cannot.items()
    ]

    assert [(path, code) for path, code, _ in exceptions] == [
        ("/api/v1/user/login", "AWAITING_ACTIVATION"),
        ("/api/login", "AWAITING_ACTIVATION"),
        ("/api/logout", "FOREIGN_SESSION"),
        ("/api/refresh", "FOREIGN_SESSION"),
        ("/admin/user/login/", "AWAITING_ACTIVATION"),
    ]
    assert all(why.endswith(".") for _, _, why in exceptions)

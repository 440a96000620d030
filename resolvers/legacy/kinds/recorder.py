"""The work-progress recorder: students, goals, clock-ins, work logs with time lines, and posts with comments."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from models import texts
from models.attendance import ClockIn
from models.goals import EmploymentGoal, EmploymentStatus, PostgraduateGoal
from models.identity import CLASS_NAME, CredentialKind, Role, User
from models.journal import WorkLog, WorkLogStage, WorkLogStatusLine
from models.statements import table_of
from resolvers import attendance_runs
from resolvers.attendance import slot_at
from resolvers.goals import MAX_SCORE
from resolvers.identity.identifiers import STUDENT_ACCOUNT_LENGTH, is_student_account
from resolvers.journal import MAX_STATUS_LINES
from resolvers.legacy import people, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.kinds.recorder_posts import POSTS
from resolvers.legacy.people import Person
from resolvers.legacy.values import Refused

BUILT_IN_ADMINISTRATOR = "8888888888"
"""The account that the recorder came with, whose password everybody knows."""
_POSTGRADUATE, _EMPLOYMENT = 1, 2

_users, _clock_ins = table_of(User), table_of(ClockIn)
_logs, _lines = table_of(WorkLog), table_of(WorkLogStatusLine)
_employment, _postgraduate = table_of(EmploymentGoal), table_of(PostgraduateGoal)
_STATUSES = {1: EmploymentStatus.SEEKING, 2: EmploymentStatus.OFFER_RECEIVED}
_STAGES = {1: WorkLogStage.IN_PROGRESS, 2: WorkLogStage.SUCCEEDED, 3: WorkLogStage.FAILED}


async def move_users(batch: Batch) -> None:
    """Students, and administrators among them."""
    await people.move(batch, batch.converted(lambda row: Person(**{**row.fields, **batch.times(row)})))


def _user(fields: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """A person, of whom one time may be known or none."""
    account = values.text(fields["account"], "account", max_length=255, required=True, normal=texts.account)
    if not is_student_account(account):
        raise Refused(f"account must be {STUDENT_ACCOUNT_LENGTH} letters or digits: {account[:40]}")
    if account == BUILT_IN_ADMINISTRATOR:
        raise Refused("The recorder's own administrator is not moved in: use create-admin.")
    directions = values.listed(fields.get("direction"), "direction")
    class_name = fields.get("class_name")
    return {
        "name": values.text(fields["name"], "name", max_length=64, required=True, normal=texts.name),
        "class_name": values.text(class_name, "class_name", max_length=CLASS_NAME, normal=texts.class_name),
        "major": values.text(fields.get("major"), "major", max_length=64),
        "identifiers": ((CredentialKind.STUDENT_ACCOUNT, account),),
        "pursues_postgraduate": _POSTGRADUATE in directions,
        "pursues_employment": _EMPLOYMENT in directions,
        "roles": (Role.ADMINISTRATOR,) if fields.get("role") == Role.ADMINISTRATOR else (),
        **people.password(fields.get("password"), account),
        "created_at": values.instant(fields.get("created_at"), "created_at", zone),
        "updated_at": values.instant(fields.get("updated_at"), "updated_at", zone),
    }


async def move_employment_goals(batch: Batch) -> None:
    """Employment goals; one a user."""

    def goal(row: Row) -> dict[str, Any]:
        fields = row.fields
        status = values.whole(fields.get("status") or 1, "status")
        if status not in _STATUSES:
            raise Refused(f"status {status} is unknown.")
        return {
            "user_id": _owner(batch, row),
            "status": _STATUSES[status],
            "target_company": values.text(fields.get("company"), "company", max_length=255),
            "target_job": values.text(fields.get("job"), "job", max_length=255),
            "target_salary": values.text(fields.get("salary"), "salary", max_length=64),
            "target_area": values.text(fields.get("area"), "area", max_length=255),
            **batch.times(row),
        }

    await batch.move(_employment, goal, otherwise="The user has an employment goal already.")


async def move_postgraduate_goals(batch: Batch) -> None:
    """Postgraduate goals; one a user."""

    def goal(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "user_id": _owner(batch, row),
            "target_university": values.text(fields.get("university"), "university", max_length=255),
            "target_major": values.text(fields.get("major"), "major", max_length=255),
            "target_score": values.number(fields.get("score"), "score", minimum=0, maximum=MAX_SCORE),
            **batch.times(row),
        }

    await batch.move(_postgraduate, goal, otherwise="The user has a postgraduate goal already.")


async def move_clock_ins(batch: Batch) -> None:
    """Clock-ins; one for each user, business date and slot."""

    def fill(row: Row) -> dict[str, Any]:
        row.fields["user_id"] = _owner(batch, row)
        return {"user_id": row.fields["user_id"]}

    scope = batch.scope
    is_sqlite = scope.services.database.is_sqlite
    async with attendance_runs.without_triggers(scope.transaction, is_sqlite=is_sqlite):
        await batch.move_bound(fill, otherwise="The user clocked in in this slot already.")
    added = ((row.fields["user_id"], row.fields["business_date"]) for row in batch.rows if row.new_id is not None)
    await attendance_runs.join(scope.transaction, added, batch.now, is_sqlite=is_sqlite)


def _clock_in(fields: dict[str, Any], zone: tzinfo) -> dict[str, Any]:
    """A clock-in but its user. Most rows of all are these."""
    moment = values.needed_instant(fields["clocked_in_at"], "clocked_in_at", zone)
    business_date, slot = slot_at(moment)
    made = values.instant(fields.get("created_at"), "created_at", zone) or moment
    return {
        "business_date": business_date,
        "slot": slot,
        "clocked_in_at": moment,
        "location": values.text(fields.get("location"), "location", max_length=255, required=True),
        "created_at": made,
        "updated_at": made,
    }


async def move_work_logs(batch: Batch) -> None:
    """Work logs, with the lines of their time lines."""

    def log(row: Row) -> dict[str, Any]:
        fields = row.fields
        return {
            "user_id": _owner(batch, row),
            "company_name": values.text(fields["company_name"], "company_name", max_length=255, required=True),
            "job": values.text(fields["job"], "job", max_length=255, required=True),
            "salary": values.text(fields.get("salary"), "salary", max_length=64),
            "location": values.text(fields.get("location"), "location", max_length=255),
            **batch.times(row),
        }

    rows = batch.converted(log)
    await batch.assign([row for row, _values in rows], _logs)
    await batch.add(_logs, [{"id": row.new_id, **found} for row, found in rows])
    await batch.add(_lines, [line for row, found in rows for line in _lines_of(batch, row, found)])


def _lines_of(batch: Batch, row: Row, log: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for entry in batch.entries(row, "lines", "time line"):
        if len(lines) == MAX_STATUS_LINES:
            batch.refuse_part(row, "time line", f"A work log has at most {MAX_STATUS_LINES} lines.")
            break
        try:
            moment = values.needed_instant(entry.get("created_at"), "created_at", batch.zone)
            stage = _stage(entry.get("stage"))
            status = values.text(entry.get("status"), "status", max_length=1000, required=True)
        except Refused as refused:
            batch.refuse_part(row, "time line", str(refused))
            continue
        made = {"created_at": log["updated_at"], "updated_at": log["updated_at"]}
        lines.append(
            {
                "work_log_id": row.new_id,
                "recorded_at": moment,
                "status": status,
                "stage": stage,
                **made,
            }
        )
    batch.counts["time line imported"] += len(lines)
    return lines


def _stage(value: Any) -> WorkLogStage | None:
    if value and value not in _STAGES:
        raise Refused(f"stage {str(value)[:40]} is unknown.")
    return _STAGES[value] if value else None


def _owner(batch: Batch, row: Row) -> int:
    return batch.reference(_users, row.fields["user"], "The user")


_OF_USER = {"user": _users}
_TIMES = frozenset({"created_at", "updated_at"})
KINDS = (
    Kind(
        "users",
        _users,
        frozenset({"id", "account", "name"}),
        _TIMES | {"password", "class_name", "major", "role", "direction"},
        move_users,
        prepare=_user,
    ),
    Kind(
        "employment_goals",
        _employment,
        frozenset({"id", "user"}),
        _TIMES | {"status", "company", "job", "salary", "area"},
        move_employment_goals,
        _OF_USER,
    ),
    Kind(
        "postgraduate_goals",
        _postgraduate,
        frozenset({"id", "user"}),
        _TIMES | {"university", "major", "score"},
        move_postgraduate_goals,
        _OF_USER,
        (lambda fields: values.amount(fields.get("score")), "target_score"),
    ),
    Kind(
        "clock_ins",
        _clock_ins,
        frozenset({"id", "user", "clocked_in_at", "location"}),
        frozenset({"created_at"}),
        move_clock_ins,
        _OF_USER,
        prepare=_clock_in,
        fills=("user_id",),
        tells=("business_date",),
    ),
    Kind(
        "work_logs",
        _logs,
        frozenset({"id", "user", "company_name", "job"}),
        _TIMES | {"salary", "location", "lines"},
        move_work_logs,
        _OF_USER,
    ),
    POSTS,
)

"""The sign applications of the sign cloud, and the parties that they name."""

from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import bindparam, select

from models.signing.applications import SignApplication, SignApplicationStatus
from models.signing.companies import Company, Contract, Handler
from models.statements import table_of
from resolvers.legacy import resumes, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.resumes import choice
from resolvers.legacy.values import Refused
from resolvers.signing.applications import MAX_REASON, MAX_SALARY
from resolvers.signing.transitions import OPEN

NOBODY = (None, "0")
"""What stands where nobody is named."""
_companies, _handlers = table_of(Company), table_of(Handler)
_contracts, _applications = table_of(Contract), table_of(SignApplication)
_OWNERS = select(resumes.resumes.c.id, resumes.resumes.c.user_id).where(
    resumes.resumes.c.id.in_(bindparam("keys", expanding=True))
)


async def move_applications(batch: Batch) -> None:
    """Sign applications. One that was signed is kept as it is: the terms were agreed elsewhere."""

    def application(row: Row) -> dict[str, Any]:
        fields = row.fields
        status = choice(fields["status"], SignApplicationStatus, "status")
        times = batch.times(row)
        applied = values.instant(fields.get("applied_at"), "applied_at", batch.zone) or times["created_at"]

        def optional(field: str, table: Any, what: str) -> int | None:
            return None if fields.get(field) in NOBODY else batch.reference(table, fields[field], what)

        resume_id = batch.reference(resumes.resumes, fields["resume"], "The resume")
        return {
            "user_id": resume_id,  # replaced by its owner, once all are known
            "resume_id": resume_id,
            "company_id": optional("company", _companies, "The company"),
            "handler_id": optional("handler", _handlers, "The handler"),
            "contract_id": optional("contract", _contracts, "The contract"),
            "position": values.text(fields.get("position"), "position", max_length=16),
            "status": status,
            "open": True if status in OPEN else None,
            "applied_at": applied,
            "reason": values.text(fields.get("reason"), "reason", max_length=MAX_REASON),
            "entry_date": values.day(fields.get("entry_date"), "entry_date", batch.zone),
            "salary_cents": _cents(fields.get("salary")),
            "terms": None,
            "terms_hash": None,
            "signed_at": times["updated_at"] if status == SignApplicationStatus.SIGNED else None,
            "signed_from": None,
            **times,
        }

    rows = batch.converted(application)
    owners = await _owners(batch, [found["resume_id"] for _row, found in rows])
    await batch.assign([row for row, _found in rows], _applications)
    await batch.add_new(
        _applications,
        [(row, {**found, "user_id": owners[found["resume_id"]]}) for row, found in rows],
        otherwise="The user has an open application already.",
    )


async def _owners(batch: Batch, resume_ids: list[int]) -> dict[int, int]:
    """Whose the resumes are."""
    if not resume_ids:
        return {}
    rows = await batch.scope.transaction.fetch(_OWNERS, {"keys": list(dict.fromkeys(resume_ids))})
    return {row.id: row.user_id for row in rows}


def _cents(value: Any) -> int | None:
    """An exact salary; 0 is none."""
    try:
        salary = Decimal(str(value or 0))
        cents = int(salary * 100)
    except (InvalidOperation, ValueError, OverflowError):
        raise Refused("salary is no number.") from None
    if salary * 100 != cents or not 0 <= salary <= MAX_SALARY:
        raise Refused(f"salary must be at most {MAX_SALARY}, with two decimals.")
    return cents or None


APPLICATIONS = Kind(
    "applications",
    _applications,
    frozenset({"id", "resume", "status"}),
    frozenset({"created_at", "updated_at"})
    | {"company", "handler", "contract", "position", "applied_at", "reason", "entry_date", "salary"},
    move_applications,
    {"resume": resumes.resumes, "company": _companies, "handler": _handlers, "contract": _contracts},
    (lambda fields: round(values.amount(fields.get("salary")) * 100), "salary_cents"),
)

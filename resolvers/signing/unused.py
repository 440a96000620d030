"""Deleting companies and contracts that were made by mistake: those that nothing refers to."""

from typing import Any

from sqlalchemy import Table, bindparam, delete, exists, select

from models.errors import InUse, NotFound
from models.signing.applications import SignApplication
from models.signing.companies import Company, Contract
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.recruiters import Recruiter
from resolvers import audit
from resolvers.scope import Scope

_companies, _contracts = table_of(Company), table_of(Contract)


def _statements(table: Table, column: str, *referring: type) -> tuple[Any, Any]:
    """What holds a row, so that nobody begins to refer to it, and what deletes it unless somebody does."""
    this = table.c.id == bindparam("of_row")
    used = (~exists().where(other.c[column] == table.c.id) for other in map(table_of, referring))
    return select(table).where(this).with_for_update(), delete(table).where(this, *used)


_COMPANY, _DELETE_COMPANY = _statements(_companies, "company_id", Contract, SignApplication, Resume, Recruiter)
_CONTRACT, _DELETE_CONTRACT = _statements(_contracts, "contract_id", SignApplication)


async def delete_company(scope: Scope, *, company_id: int) -> None:
    """Delete a company without contracts, applications, resumes and recruiters; audited. Raises NotFound or InUse."""
    held = await _deleted(scope, _COMPANY, _DELETE_COMPANY, company_id, field="company_id")
    values = audit.texts(held, ("name", "enabled"))
    await audit.record(scope, action="delete_company", subject_type="Company", subject_id=company_id, before=values)


async def delete_contract(scope: Scope, *, contract_id: int) -> None:
    """Delete a contract that no application refers to; audited. Raises NotFound or InUse."""
    held = await _deleted(scope, _CONTRACT, _DELETE_CONTRACT, contract_id, field="contract_id")
    values = audit.texts(held, ("company_id", "name", "body", "years", "file_url", "enabled"))
    await audit.record(scope, action="delete_contract", subject_type="Contract", subject_id=contract_id, before=values)


async def _deleted(scope: Scope, hold: Any, statement: Any, row_id: int, *, field: str) -> Any:
    held = await scope.transaction.fetch_one(hold, {"of_row": row_id})
    if held is None:
        raise NotFound(field=field)
    if not await scope.transaction.execute(statement, {"of_row": row_id}):
        raise InUse("Others refer to it: disable it instead.", field=field)
    return held

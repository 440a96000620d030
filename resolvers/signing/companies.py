"""Companies and their contracts, managed by administrators; what is in use is disabled, never deleted."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, bindparam, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from auth.permissions import Permission
from auth.policies import administrator
from models.errors import InUse, InvalidInput, NameTaken, NotFound
from models.signing.applications import SignApplication
from models.signing.companies import COMPANY_NAME, CONTRACT_NAME, FILE_URL, Company, Contract
from models.statements import insert_new, table_of
from resolvers import audit, checks
from resolvers.loaders import by_key, pages_by_foreign_key
from resolvers.orders import CompanyOrder, ContractOrder
from resolvers.paging import Listing
from resolvers.ranges import days_added
from resolvers.scope import Scope
from resolvers.search.containing import holds
from resolvers.search.sources import SearchKind
from resolvers.signing.visibility import contract_is_visible
from resolvers.totals import total_of

MAX_YEARS = 99
MANAGE = Permission(administrator)

_companies = table_of(Company)
_contracts = table_of(Contract)
_applications = table_of(SignApplication)
_visible_contracts = select(_contracts).where(contract_is_visible)

by_id = by_key(select(_companies), _companies.c.id)
listing = Listing(
    select(_companies),
    _companies.c.id,
    newest_first=False,
    orders=CompanyOrder,
    filters={
        "enabled": _companies.c.enabled == bindparam("enabled"),
        "name": holds(SearchKind.COMPANY, _companies.c.id, "name", name=_companies.c.name),
        **days_added(_companies),
    },
    total=total_of(_companies),
    scans=lambda used: "name" in used,
)
contracts_by_id = by_key(_visible_contracts, _contracts.c.id)
contracts_of_companies, count_contracts_of_companies = pages_by_foreign_key(
    _visible_contracts, _contracts.c.company_id, _contracts.c.id, ContractOrder
)
contracts = Listing(
    _visible_contracts,
    _contracts.c.id,
    newest_first=False,
    orders=ContractOrder,
    filters={
        "enabled": and_(
            _contracts.c.enabled, exists().where(_companies.c.id == _contracts.c.company_id, _companies.c.enabled)
        )
        == bindparam("enabled"),
        "company_id": _contracts.c.company_id == bindparam("company_id"),
    },
)

_ADD_COMPANY = insert_new(Company, unique=["name"]).returning(_companies)
_CHANGE_COMPANY = (
    update(_companies)
    .where(_companies.c.id == bindparam("of_company"))
    .values(
        name=func.coalesce(bindparam("new_name"), _companies.c.name),
        enabled=func.coalesce(bindparam("new_state"), _companies.c.enabled),
        updated_at=bindparam("now"),
    )
    .returning(_companies)
)
_OFFERED_COMPANY = (
    select(_companies)
    .where(_companies.c.id == bindparam("of_company"), _companies.c.enabled)
    .with_for_update(read=True)
)
_COMPANY = select(_companies).where(_companies.c.id == bindparam("of_company"))
_ADD_CONTRACT = insert(_contracts).returning(_contracts)
_OFFERED_CONTRACT = (
    select(_contracts)
    .select_from(_contracts.join(_companies, _companies.c.id == _contracts.c.company_id))
    .where(_contracts.c.id == bindparam("of_contract"), _contracts.c.enabled, _companies.c.enabled)
    .with_for_update(read=True, of=[_contracts, _companies])
)
_IS_USED = select(exists().where(_applications.c.contract_id == bindparam("of_contract")))
_CHANGE_CONTRACT = (
    update(_contracts)
    .where(_contracts.c.id == bindparam("of_contract"))
    .values(
        company_id=bindparam("new_company_id"),
        name=bindparam("new_name"),
        body=bindparam("new_body"),
        years=bindparam("new_years"),
        file_url=bindparam("new_file_url"),
        enabled=bindparam("new_enabled"),
        updated_at=bindparam("now"),
    )
    .returning(_contracts)
)


_company = audit.Tracked(_companies, "name", "enabled")
_contract = audit.Tracked(_contracts, "company_id", "name", "body", "years", "file_url", "enabled")


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What a contract says. None keeps what is there."""

    company_id: int | None = None
    name: str | None = None
    body: str | None = None
    years: int | None = None
    file_url: str | None = None


async def offered_company(scope: Scope, company_id: int, *, field: str = "company_id") -> Row[Any]:
    """An enabled company, which stays so until the commit. Raises InvalidInput for any other."""
    row = await scope.transaction.fetch_one(_OFFERED_COMPANY, {"of_company": company_id})
    if row is None:
        raise InvalidInput("There is no such company, or it is disabled.", field=field)
    return row


async def offered_contract(scope: Scope, contract_id: int) -> Row[Any]:
    """An enabled contract of an enabled company, which stay as they are until the commit.

    Raises InvalidInput for any other.
    """
    row = await scope.transaction.fetch_one(_OFFERED_CONTRACT, {"of_contract": contract_id})
    if row is None:
        raise InvalidInput("There is no such contract, or it is disabled.", field="contract_id")
    return row


async def load_company(scope: Scope, company_id: int) -> Row[Any] | None:
    """A company as the running transaction sees it."""
    return await scope.transaction.fetch_one(_COMPANY, {"of_company": company_id})


async def create_company(scope: Scope, *, name: str) -> Row[Any]:
    """A new company; audited. Raises NameTaken or InvalidInput."""
    name = checks.text(name, "name", max_length=COMPANY_NAME)
    times = {"created_at": scope.now, "updated_at": scope.now}
    row = await scope.transaction.fetch_one(_ADD_COMPANY, {"name": name, "enabled": True, **times})
    if row is None:
        raise NameTaken(field="name")
    await _record(scope, "create_company", _company, None, row)
    return row


async def change_company(scope: Scope, *, company_id: int, name: str | None, enabled: bool | None) -> Row[Any]:
    """Rename, disable or enable a company; None leaves what is there. Audited.

    Raises NotFound, NameTaken or InvalidInput.
    """
    if name is not None:
        name = checks.text(name, "name", max_length=COMPANY_NAME)
    changes = {"of_company": company_id, "new_name": name, "new_state": enabled, "now": scope.now}
    held = await _company.held(scope, company_id)
    try:
        row = await scope.transaction.fetch_one(_CHANGE_COMPANY, changes)
    except IntegrityError:  # of the constraints, only the one on the name can be in the way
        raise NameTaken(field="name") from None
    if row is None:
        raise NotFound(field="company_id")
    await _record(scope, "update_company", _company, held, row)
    return row


async def create_contract(scope: Scope, terms: ContractTerms) -> Row[Any]:
    """A new contract; audited. Raises InvalidInput."""
    values = await _checked(scope, terms)
    times = {"created_at": scope.now, "updated_at": scope.now}
    row = (await scope.transaction.fetch(_ADD_CONTRACT, {**values, "enabled": True, **times}))[0]
    await _record(scope, "create_contract", _contract, None, row)
    return row


async def change_contract(scope: Scope, *, contract_id: int, terms: ContractTerms, enabled: bool | None) -> Row[Any]:
    """Change a contract that no application refers to, or disable or enable any; audited.

    Raises NotFound, InUse or InvalidInput.
    """
    held = await _contract.held(scope, contract_id)
    if held is None:
        raise NotFound(field="contract_id")
    values = {name: getattr(held, name) for name in ("company_id", "name", "body", "years", "file_url")}
    if terms != ContractTerms():
        if await scope.transaction.fetch_value(_IS_USED, {"of_contract": contract_id}):
            raise InUse("People have agreed to this contract: disable it, and create another.")
        sent = {name: getattr(terms, name) for name in values if getattr(terms, name) is not None}
        values = await _checked(scope, ContractTerms(**{**values, **sent}), held=held)
    changes = {f"new_{name}": value for name, value in values.items()}
    changes["new_enabled"] = held.enabled if enabled is None else enabled
    row = (await scope.transaction.fetch(_CHANGE_CONTRACT, {"of_contract": contract_id, **changes, "now": scope.now}))[
        0
    ]
    await _record(scope, "update_contract", _contract, held, row)
    return row


async def _checked(scope: Scope, terms: ContractTerms, *, held: Row[Any] | None = None) -> dict[str, Any]:
    company_id = terms.company_id or 0
    if held is None or company_id != held.company_id:
        await offered_company(scope, company_id)
    return {
        "company_id": company_id,
        "name": checks.text(terms.name or "", "name", max_length=CONTRACT_NAME),
        "body": checks.text(terms.body or "", "body", max_length=CONTRACT_NAME),
        "years": checks.number(terms.years or 0, "years", minimum=1, maximum=MAX_YEARS),
        "file_url": checks.text(terms.file_url or "", "file_url", max_length=FILE_URL),
    }


async def _record(scope: Scope, action: str, tracked: audit.Tracked, held: Row[Any] | None, row: Row[Any]) -> None:
    subject_type = "Company" if tracked is _company else "Contract"
    details = audit.texts(row, ("name", "enabled"))
    changes = tracked.changes(held, row)
    await audit.record(scope, action=action, subject_type=subject_type, subject_id=row.id, details=details, **changes)

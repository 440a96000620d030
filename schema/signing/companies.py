"""Companies and their contracts in the graph."""

import datetime
from typing import Annotated

import strawberry

from auth.policies import handler_or_administrator, signed_in
from models.errors import InUse, InvalidInput, NameTaken, NotFound
from resolvers.orders import CompanyOrder, ContractOrder
from resolvers.ranges import added_between
from resolvers.search.containing import containing
from resolvers.signing import companies
from resolvers.signing.companies import MAX_YEARS, ContractTerms
from schema.engine.connection import ORDER_BY, After, Before, Connection, First, Last, PageNumber, listed
from schema.engine.context import Info
from schema.engine.fields import column, from_row, hint, link, links, paged
from schema.engine.ids import Id
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.types import Node, input_type, node_type, root_type


@node_type(
    description="A contract of a company. Visible to handlers, administrators and applicants who were offered it.",
    policy=signed_in,
    by_id=companies.contracts_by_id,
)
class Contract(Node):
    """A row of `contracts`."""

    name: str = column("合同名称.")
    body: str = column("合同主体: the party that signs on the company's side.")
    years: int = column("合同年限, in years.")
    file_url: str = column("The URL of the contract text.")
    enabled: bool = column("Whether handlers may offer it, as long as its company accepts applications.")
    company: "Company | None" = link("The company.", "company_id", companies.by_id)
    viewer_can_update: bool = hint("Whether the caller may change, disable and delete it.", companies.MANAGE)


@node_type(description="An employer.", policy=signed_in, by_id=companies.by_id)
class Company(Node):
    """A row of `companies`."""

    name: str = column("The name.")
    enabled: bool = column("Whether it accepts applications.")
    viewer_can_update: bool = hint("Whether the caller may rename, disable and delete it.", companies.MANAGE)
    contracts: Connection[Contract] | None = links(
        "The contracts.",
        "id",
        (companies.contracts_of_companies, companies.count_contracts_of_companies),
        policy=handler_or_administrator,
    )


@input_type(description="A filter of companies; all conditions must hold.")
class CompanyFilter:
    """The filter of `companies`."""

    enabled: bool | None = strawberry.field(
        default=None, description="Only those that accept applications, or only the others."
    )
    name_contains: str | None = strawberry.field(default=None, description="The name contains this literal text.")
    created_from: datetime.date | None = strawberry.field(
        default=None, description="Only those added on this day or later, in Shanghai."
    )
    created_to: datetime.date | None = strawberry.field(
        default=None, description="Only those added up to this day, in Shanghai."
    )


@input_type(description="A filter of contracts; all conditions must hold.")
class ContractFilter:
    """The filter of `contracts`."""

    enabled: bool | None = strawberry.field(
        default=None, description="Only those that handlers may offer, or only the others."
    )
    company_id: Id[Company] | None = strawberry.field(default=None, description="Only those of this company.")


@root_type
class CompaniesQuery:
    """Queries."""

    @paged("Companies, in the order they were added", policy=signed_in)
    async def companies(
        self,
        info: Info,
        filter: Annotated[CompanyFilter | None, strawberry.argument(description="The conditions for the list.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[CompanyOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[Company] | None:
        """A page of companies."""
        wanted = filter or CompanyFilter()
        filters = {
            "enabled": wanted.enabled,
            "name": containing(wanted.name_contains),
            **added_between(wanted.created_from, wanted.created_to),
        }
        return await listed(
            info,
            Company,
            companies.listing,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )

    @paged(
        "Contracts, in the order they were added",
        policy=handler_or_administrator,
    )
    async def contracts(
        self,
        info: Info,
        filter: Annotated[
            ContractFilter | None, strawberry.argument(description="The conditions for the list.")
        ] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        order_by: Annotated[ContractOrder | None, ORDER_BY] = None,
        page: PageNumber = None,
    ) -> Connection[Contract] | None:
        """A page of contracts."""
        wanted = filter or ContractFilter()
        filters = {
            "enabled": wanted.enabled,
            "company_id": wanted.company_id,
        }
        return await listed(
            info,
            Contract,
            companies.contracts,
            filters,
            first=first,
            after=after,
            last=last,
            before=before,
            order_by=order_by,
            page=page,
        )


@input_type(description="A company to add.")
class CreateCompanyInput:
    """The input of `createCompany`."""

    name: str = strawberry.field(description="The name, unique and at most 255 characters.")


@payload_type(description="The result of `createCompany`.")
class CreateCompanyPayload:
    """The company, NAME_TAKEN or INVALID_INPUT."""

    company: Company | None = changed("The company.")


@input_type(description="The input of `updateCompany`: the changes to a company; what is left out stays.")
class UpdateCompanyInput:
    """The input of `updateCompany`."""

    company_id: Id[Company] = strawberry.field(description="The company.")
    name: str | None = strawberry.field(default=None, description="The name, unique and at most 255 characters.")
    enabled: bool | None = strawberry.field(default=None, description="Whether it accepts applications.")


@payload_type(description="The result of `updateCompany`.")
class UpdateCompanyPayload:
    """The company, NOT_FOUND, NAME_TAKEN or INVALID_INPUT."""

    company: Company | None = changed("The company.")


@input_type(description="A contract to add.")
class CreateContractInput:
    """The input of `createContract`."""

    company_id: Id[Company] = strawberry.field(description="An enabled company.")
    name: str = strawberry.field(description="合同名称, at most 32 characters.")
    body: str = strawberry.field(description="合同主体, at most 32 characters.")
    years: int = strawberry.field(description=f"合同年限, from 1 to {MAX_YEARS}.")
    file_url: str = strawberry.field(description="The URL of the contract text, at most 64 characters.")


@payload_type(description="The result of `createContract`.")
class CreateContractPayload:
    """The contract or INVALID_INPUT."""

    contract: Contract | None = changed("The contract.")


@input_type(description="The input of `updateContract`: the changes to a contract; what is left out stays.")
class UpdateContractInput:
    """The input of `updateContract`."""

    contract_id: Id[Contract] = strawberry.field(description="The contract.")
    company_id: Id[Company] | None = strawberry.field(default=None, description="An enabled company.")
    name: str | None = strawberry.field(default=None, description="合同名称, at most 32 characters.")
    body: str | None = strawberry.field(default=None, description="合同主体, at most 32 characters.")
    years: int | None = strawberry.field(default=None, description=f"合同年限, from 1 to {MAX_YEARS}.")
    file_url: str | None = strawberry.field(
        default=None, description="The URL of the contract text, at most 64 characters."
    )
    enabled: bool | None = strawberry.field(default=None, description="Whether handlers may offer it.")


@payload_type(description="The result of `updateContract`.")
class UpdateContractPayload:
    """The contract, NOT_FOUND, IN_USE or INVALID_INPUT."""

    contract: Contract | None = changed("The contract.")


def _terms(input: CreateContractInput | UpdateContractInput) -> ContractTerms:
    return ContractTerms(
        company_id=input.company_id,
        name=input.name,
        body=input.body,
        years=input.years,
        file_url=input.file_url,
    )


@root_type
class CompaniesMutation:
    """Mutations."""

    @mutation("Add a company.", policy=companies.MANAGE.policy, errors=(InvalidInput, NameTaken))
    async def create_company(self, info: Info, input: CreateCompanyInput) -> CreateCompanyPayload:
        """Audited."""
        row = await companies.create_company(info.context.scope, name=input.name)
        return CreateCompanyPayload(company=from_row(Company, row))

    @mutation(
        "Rename, disable or enable a company. A disabled one accepts no applications; existing references stay.",
        policy=companies.MANAGE.policy,
        errors=(InvalidInput, NotFound, NameTaken),
    )
    async def update_company(self, info: Info, input: UpdateCompanyInput) -> UpdateCompanyPayload:
        """Audited."""
        row = await companies.change_company(
            info.context.scope,
            company_id=input.company_id,
            name=input.name,
            enabled=input.enabled,
        )
        return UpdateCompanyPayload(company=from_row(Company, row))

    @mutation("Add a contract of a company.", policy=companies.MANAGE.policy, errors=(InvalidInput,))
    async def create_contract(self, info: Info, input: CreateContractInput) -> CreateContractPayload:
        """Audited."""
        row = await companies.create_contract(info.context.scope, _terms(input))
        return CreateContractPayload(contract=from_row(Contract, row))

    @mutation(
        "Change a contract that was not offered yet, or disable or enable any.",
        policy=companies.MANAGE.policy,
        errors=(InvalidInput, NotFound, InUse),
    )
    async def update_contract(self, info: Info, input: UpdateContractInput) -> UpdateContractPayload:
        """Refused with IN_USE once an application refers to it, but for `enabled`. Audited."""
        row = await companies.change_contract(
            info.context.scope,
            contract_id=input.contract_id,
            terms=_terms(input),
            enabled=input.enabled,
        )
        return UpdateContractPayload(contract=from_row(Contract, row))

"""Companies and contracts: deleted while nothing refers to them, and what a retired company means for its contracts."""

import asyncio

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Product
from tests.support.platform import audited, done, payload, refused
from tests.support.signing import (
    APPROVE,
    SIGN,
    SUBMIT,
    UPDATE_COMPANY,
    UPDATE_CONTRACT,
    applied,
    new_company,
    new_contract,
    new_employer,
    resume,
)

DELETE_COMPANY = """mutation($input: DeleteCompanyInput!) { deleteCompany(input: $input) {
  deletedId errors { code path }
} }"""
DELETE_CONTRACT = DELETE_COMPANY.replace("Company", "Contract")


async def test_companies_and_contracts_that_nothing_refers_to(product: Product, database: Database) -> None:
    employer = await new_employer(product)
    person, administrator = await product.student(), await product.administrator()
    mistaken = await new_contract(product, administrator, employer.company, name="写错了")
    company = (await new_company(product, administrator, "写错了"))["id"]
    application = (await applied(product, person, employer))["id"]
    await done(product, APPROVE, employer.person, applicationId=application, **employer.offer)

    for contract, codes in ((employer.contract, ["IN_USE"]), (encode("Contract", 99), ["NOT_FOUND"])):
        assert await refused(product, DELETE_CONTRACT, administrator, contractId=contract) == codes
    for used, codes in ((employer.company, ["IN_USE"]), (encode("Company", 99), ["NOT_FOUND"])):
        assert await refused(product, DELETE_COMPANY, administrator, companyId=used) == codes
    assert await done(product, DELETE_CONTRACT, administrator, contractId=mistaken) == {"deletedId": mistaken}
    assert await done(product, DELETE_COMPANY, administrator, companyId=company) == {"deletedId": company}

    # Whoever applies at this moment is refused, or the company stays.
    people = await product.students(4)
    administrator = await product.administrator()
    for number, applicant in enumerate(people):
        company = (await new_company(product, administrator, f"公司{number}"))["id"]
        wish = resume(companyId=company)
        submitted, deleted = await asyncio.gather(
            product.graphql(SUBMIT, {"input": {"resume": wish}}, person=applicant),
            payload(product, DELETE_COMPANY, administrator, companyId=company),
        )
        made = ((submitted.get("data") or {}).get("submitResume") or {}).get("application")
        assert (made is None) == (deleted["errors"] == [])
        assert made is None or made["company"] == {"id": company}
    actions = [action for action, _, _ in await audited(database, "Company")]
    assert actions.count("delete_company") >= 1
    assert [event for event in await audited(database, "Contract") if event[0] == "delete_contract"] != []


async def test_a_contract_of_a_retired_company_is_not_offered(product: Product) -> None:
    employer = await new_employer(product)
    person, administrator = await product.student(), await product.administrator()
    application = (await applied(product, person, employer))["id"]
    listed = "query($on: Boolean) { contracts(filter: {enabled: $on}) { totalCount nodes { id } } }"
    await done(product, UPDATE_COMPANY, administrator, companyId=employer.company, enabled=False)

    assert await refused(product, APPROVE, employer.person, applicationId=application, **employer.offer) == [
        "INVALID_INPUT"
    ]
    for on, ids in ((True, []), (False, [{"id": employer.contract}])):
        found = await product.data(listed, {"on": on}, person=employer.person)
        assert found["contracts"] == {"totalCount": len(ids), "nodes": ids}
    await done(product, UPDATE_COMPANY, administrator, companyId=employer.company, enabled=True)
    await done(product, UPDATE_CONTRACT, administrator, contractId=employer.contract, enabled=True)
    await done(product, APPROVE, employer.person, applicationId=application, **employer.offer)
    # What was offered can be signed, whatever is retired since.
    await done(product, UPDATE_COMPANY, administrator, companyId=employer.company, enabled=False)
    await done(product, SIGN, person, applicationId=application)

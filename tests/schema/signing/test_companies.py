"""Companies, contracts and handlers: what administrators make, and who sees it."""

import asyncio
from typing import Any

import pytest

from models.db import Database
from schema.engine.node_id import encode
from tests.schema.replies import top_level
from tests.support.clients import Product
from tests.support.platform import audited, done, payload, refused
from tests.support.signing import (
    CREATE_COMPANY,
    CREATE_CONTRACT,
    CREATE_HANDLER,
    UPDATE_COMPANY,
    UPDATE_CONTRACT,
    UPDATE_HANDLER,
    applied,
    moved,
    new_company,
    new_contract,
    new_employer,
    new_handler,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

COMPANIES = """query($filter: CompanyFilter) { companies(filter: $filter) { totalCount nodes { name enabled } } }"""
CONTRACTS = """query($filter: ContractFilter) { contracts(filter: $filter) { nodes { id } } }"""
HANDLERS = """query($offered: Boolean) { handlers(offered: $offered) { nodes { name } } }"""
CONTRACT = """query($id: ID!) { node(id: $id) { ... on Contract { name years company { name } } } }"""


async def names(product: Product, query: str, person: Any, **variables: Any) -> list[str]:
    data = await product.data(query, variables, person=person)
    (found,) = data.values()
    return [node["name"] for node in found["nodes"]]


async def test_companies_are_added_renamed_and_disabled(product: Product, database: Database) -> None:
    student, administrator = await product.student(), await product.administrator()
    first = await new_company(product, administrator, " 青禾软件 ")
    await new_company(product, administrator, "云杉数据")

    renamed = await done(product, UPDATE_COMPANY, administrator, companyId=first["id"], name="青禾科技")
    disabled = await done(product, UPDATE_COMPANY, administrator, companyId=first["id"], enabled=False)

    assert first["name"] == "青禾软件"
    assert renamed["company"] == {"id": first["id"], "name": "青禾科技", "enabled": True}
    assert disabled["company"] == {"id": first["id"], "name": "青禾科技", "enabled": False}
    assert await names(product, COMPANIES, student) == ["青禾科技", "云杉数据"]
    assert await names(product, COMPANIES, student, filter={"enabled": True}) == ["云杉数据"]
    assert await names(product, COMPANIES, student, filter={"nameContains": "禾"}) == ["青禾科技"]
    assert [(action, details) for action, _, details in await audited(database, "Company")] == [
        ("create_company", {"name": "青禾软件", "enabled": "true"}),
        ("create_company", {"name": "云杉数据", "enabled": "true"}),
        ("update_company", {"name": "青禾科技", "enabled": "true"}),
        ("update_company", {"name": "青禾科技", "enabled": "false"}),
    ]


async def test_a_name_belongs_to_one_company(product: Product) -> None:
    administrator = await product.administrator()
    await new_company(product, administrator, "青禾软件")
    other = await new_company(product, administrator, "云杉数据")

    assert await refused(product, CREATE_COMPANY, administrator, name="青禾软件") == ["NAME_TAKEN"]
    assert await refused(product, UPDATE_COMPANY, administrator, companyId=other["id"], name="青禾软件") == [
        "NAME_TAKEN"
    ]
    assert await names(product, COMPANIES, administrator) == ["青禾软件", "云杉数据"]


async def test_of_forty_companies_of_one_name_one_is_made(product: Product) -> None:
    administrator = await product.administrator()

    replies = await asyncio.gather(
        *(payload(product, CREATE_COMPANY, administrator, name="青禾软件") for _ in range(40))
    )

    assert sum(reply["errors"] == [] for reply in replies) == 1
    assert await names(product, COMPANIES, administrator) == ["青禾软件"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 33}, "name"),
        ({"body": ""}, "body"),
        ({"body": "长" * 33}, "body"),
        ({"years": 0}, "years"),
        ({"years": 100}, "years"),
        ({"fileUrl": ""}, "fileUrl"),
        ({"fileUrl": "u" * 65}, "fileUrl"),
        ({"companyId": encode("Company", 99)}, "companyId"),
    ],
)
async def test_contracts_have_the_documented_lengths(product: Product, values: dict[str, Any], path: str) -> None:
    administrator = await product.administrator()
    company = (await new_company(product, administrator))["id"]
    contract = await new_contract(product, administrator, company)
    terms = {"companyId": company, "name": "合同", "body": "主体", "years": 1, "fileUrl": "u", **values}

    added = await payload(product, CREATE_CONTRACT, administrator, **terms)
    changed = await payload(product, UPDATE_CONTRACT, administrator, contractId=contract, **values)

    refusal = [{"code": "INVALID_INPUT", "path": ["input", path]}]
    assert added == {"contract": None, "errors": refusal}
    assert changed == {"contract": None, "errors": refusal}
    found = (await product.data(CONTRACTS, person=administrator))["contracts"]["nodes"]
    assert found == [{"id": contract}]


async def test_a_contract_of_a_disabled_company_is_not_added(product: Product) -> None:
    administrator = await product.administrator()
    company = (await new_company(product, administrator))["id"]
    await done(product, UPDATE_COMPANY, administrator, companyId=company, enabled=False)
    terms = {"companyId": company, "name": "合同", "body": "主体", "years": 1, "fileUrl": "u"}

    assert await refused(product, CREATE_CONTRACT, administrator, **terms) == ["INVALID_INPUT"]


async def test_a_contract_changes_until_it_is_offered(product: Product, database: Database) -> None:
    employer = await new_employer(product)
    student = await product.student()
    administrator, contract = await product.administrator(), employer.contract

    changed = await done(product, UPDATE_CONTRACT, administrator, contractId=contract, years=5)
    application = await applied(product, student, employer)
    await moved(product, student, employer, application["id"], "AWAITING_SIGNATURE")
    codes = await refused(product, UPDATE_CONTRACT, administrator, contractId=contract, years=1)
    disabled = await done(product, UPDATE_CONTRACT, administrator, contractId=contract, enabled=False)

    assert changed["contract"] | {"id": ""} == {
        "id": "",
        "name": "劳动合同",
        "body": "青禾软件有限公司",
        "years": 5,
        "fileUrl": "https://files.test/c1.pdf",
        "enabled": True,
        "company": {"id": employer.company},
    }
    assert codes == ["IN_USE"]
    assert (disabled["contract"]["years"], disabled["contract"]["enabled"]) == (5, False)
    assert [action for action, *_ in await audited(database, "Contract")] == ["create_contract"] + [
        "update_contract"
    ] * 2


async def test_who_sees_a_contract(product: Product) -> None:
    employer = await new_employer(product)
    applicant, other = await product.students(2)
    application = await applied(product, applicant, employer)
    shown = {"node": {"name": "劳动合同", "years": 3, "company": {"name": "青禾软件"}}}
    nothing: dict[str, Any] = {"node": None}

    before = await product.data(CONTRACT, {"id": employer.contract}, person=applicant)
    await moved(product, applicant, employer, application["id"], "AWAITING_SIGNATURE")

    assert before == nothing
    assert await product.data(CONTRACT, {"id": employer.contract}, person=applicant) == shown
    assert await product.data(CONTRACT, {"id": employer.contract}, person=employer.person) == shown
    assert await product.data(CONTRACT, {"id": employer.contract}, person=other) == nothing
    assert top_level(await product.graphql(CONTRACTS, person=other)) == [("FORBIDDEN", ["contracts"])]
    company = "query($id: ID!) { node(id: $id) { ... on Company { contracts { nodes { id } } } } }"
    assert top_level(await product.graphql(company, {"id": employer.company}, person=other)) == [
        ("FORBIDDEN", ["node", "contracts"])
    ]
    found = await product.data(company, {"id": employer.company}, person=employer.person)
    assert found["node"]["contracts"]["nodes"] == [{"id": employer.contract}]


async def test_a_handler_is_a_user_with_the_role(product: Product, database: Database) -> None:
    student = await product.student()
    administrator = await product.administrator()

    handler = await new_handler(product, administrator, student)

    roles = await product.data("{ viewer { roles } }", person=student)
    assert roles == {"viewer": {"roles": ["HANDLER"]}}
    assert handler | {"databaseId": 0, "id": ""} == {
        "id": "",
        "databaseId": 0,
        "name": "钱人事",
        "phone": "13900000009",
        "email": "hr@careergraph.test",
        "enabled": True,
        "user": {"id": encode("User", student.id)},
    }
    assert await refused(product, CREATE_HANDLER, administrator, userId=encode("User", student.id), name="再来") == [
        "ALREADY_HANDLER"
    ]
    assert await refused(product, CREATE_HANDLER, administrator, userId=encode("User", 999), name="没人") == [
        "USER_NOT_FOUND"
    ]
    assert [action for action, *_ in await audited(database, "Handler")] == ["create_handler"]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 17}, "name"),
        ({"phone": "1" * 17}, "phone"),
        ({"email": "e" * 33}, "email"),
    ],
)
async def test_handlers_have_the_documented_lengths(product: Product, values: dict[str, str], path: str) -> None:
    first, second = await product.students(2)
    administrator = await product.administrator()
    handler = (await new_handler(product, administrator, first))["id"]
    refusal = {"handler": None, "errors": [{"code": "INVALID_INPUT", "path": ["input", path]}]}
    new = {"userId": encode("User", second.id), "name": "新人", **values}

    assert await payload(product, CREATE_HANDLER, administrator, **new) == refusal
    assert await payload(product, UPDATE_HANDLER, administrator, handlerId=handler, **values) == refusal
    assert await names(product, HANDLERS, administrator) == ["钱人事"]
    assert (await product.data("{ viewer { roles } }", person=second))["viewer"]["roles"] == []


async def test_disabled_handlers_and_those_without_the_role_are_not_offered(product: Product) -> None:
    people = await product.students(3)
    administrator = await product.administrator()
    handlers = [
        await new_handler(product, administrator, person, name)
        for person, name in zip(people, ("甲", "乙", "丙"), strict=True)
    ]
    revoke = """mutation($input: RoleInput!) { revokeRole(input: $input) { user { id } errors { code } } }"""

    await done(product, UPDATE_HANDLER, administrator, handlerId=handlers[0]["id"], enabled=False)
    await done(product, revoke, administrator, userId=encode("User", people[1].id), role="HANDLER")

    assert await names(product, HANDLERS, people[0], offered=True) == ["丙"]
    assert await names(product, HANDLERS, people[0], offered=False) == ["甲", "乙"]
    assert await names(product, HANDLERS, people[0]) == ["甲", "乙", "丙"]


@pytest.mark.parametrize("field", ["phone", "email", "user { id }"])
async def test_what_of_a_handler_others_do_not_see(product: Product, field: str) -> None:
    employer = await new_employer(product)
    other = await product.student()
    query = f"query($id: ID!) {{ node(id: $id) {{ ... on Handler {{ {field} }} }} }}"

    reply = await product.graphql(query, {"id": employer.handler}, person=other)
    own = await product.data(query, {"id": employer.handler}, person=employer.person)

    assert top_level(reply) == [("FORBIDDEN", ["node", field.split()[0]])]
    assert own["node"]


@pytest.mark.parametrize(
    ("mutation", "values"),
    [
        (CREATE_COMPANY, {"name": "甲"}),
        (UPDATE_COMPANY, {"companyId": encode("Company", 1)}),
        (
            CREATE_CONTRACT,
            {"companyId": encode("Company", 1), "name": "甲", "body": "甲", "years": 1, "fileUrl": "u"},
        ),
        (UPDATE_CONTRACT, {"contractId": encode("Contract", 1)}),
        (CREATE_HANDLER, {"userId": encode("User", 1), "name": "甲"}),
        (UPDATE_HANDLER, {"handlerId": encode("Handler", 1)}),
    ],
)
async def test_only_administrators_manage(product: Product, mutation: str, values: dict[str, Any]) -> None:
    employer = await new_employer(product)

    reply = await product.graphql(mutation, {"input": values}, person=employer.person)

    assert [code for code, _ in top_level(reply)] == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("mutation", "values"),
    [
        (UPDATE_COMPANY, {"companyId": encode("Company", 99)}),
        (UPDATE_CONTRACT, {"contractId": encode("Contract", 99)}),
        (UPDATE_HANDLER, {"handlerId": encode("Handler", 99)}),
    ],
)
async def test_what_is_not_there_is_not_found(product: Product, mutation: str, values: dict[str, Any]) -> None:
    administrator = await product.administrator()

    assert await refused(product, mutation, administrator, **values, enabled=False) == ["NOT_FOUND"]

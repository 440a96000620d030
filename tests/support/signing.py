"""What the tests of signing share: the resume as a form of the sign cloud and of the graph, and who is who."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.platform import done

FORM: Mapping[str, str] = {
    "real_name": "赵一鸣",
    "phone": "13912340001",
    "id_number": "11010119900307123X",
    "age": "24",
    "gender": "1",
    "nation": "汉族",
    "marital_sts": "1",
    "political_sts": "2",
    "acct_type": "0",
    "acct_prc_id": "50",
    "acct_prc_name": "重庆市",
    "acct_city_id": "500100",
    "acct_city_name": "重庆市",
    "acct_coy_id": "500103",
    "acct_coy_name": "渝中区",
    "acct_addr": "解放碑 1 号",
    "province_id": "33",
    "province_name": "浙江省",
    "city_id": "330100",
    "city_name": "杭州市",
    "county_id": "330106",
    "county_name": "西湖区",
    "addr": "文三路 100 号 2 幢 301 室",
    "em_contact_name": "赵大山",
    "em_contact_phone": "023-60000001",
    "em_contact_relationship": "父亲",
    "work_pos": "后端开发工程师",
}
"""A form with every field that stands for itself; pictures, wishes and entries come with `form`."""
WORK = {
    "company": "远山科技",
    "position": "实习生",
    "start_time": "2025-07",
    "end_time": "2025-12",
    "salary": "3000",
    "job_desc": "写接口",
}
EDUCATION = {
    "school": "重庆大学",
    "degree": "bachelor",
    "major": "软件工程",
    "start_time": "2022-09",
    "end_time": "2026-06",
}
RESUME: Mapping[str, Any] = {
    "name": "赵一鸣",
    "phone": "13912340001",
    "idNumber": "11010119900307123X",
    "maritalStatus": "SINGLE",
    "politicalStatus": "LEAGUE_MEMBER",
    "householdType": "RURAL",
    "position": "后端开发工程师",
    "workExperiences": [{"company": "远山科技"}],
    "educations": [{"school": "重庆大学"}],
}
"""The shortest resume of the graph, but for a position."""
STATUSES = ("APPLIED", "AWAITING_SIGNATURE", "SIGNED", "REJECTED", "CANCELLED")

CREATE_COMPANY = """mutation($input: CreateCompanyInput!) { createCompany(input: $input) {
  company { id databaseId name enabled } errors { code path }
} }"""
UPDATE_COMPANY = """mutation($input: UpdateCompanyInput!) { updateCompany(input: $input) {
  company { id name enabled } errors { code path }
} }"""
CREATE_CONTRACT = """mutation($input: CreateContractInput!) { createContract(input: $input) {
  contract { id name body years fileUrl enabled company { id } } errors { code path }
} }"""
UPDATE_CONTRACT = """mutation($input: UpdateContractInput!) { updateContract(input: $input) {
  contract { id name body years fileUrl enabled company { id } } errors { code path }
} }"""
CREATE_HANDLER = """mutation($input: CreateHandlerInput!) { createHandler(input: $input) {
  handler { id databaseId name phone email enabled user { id } } errors { code path }
} }"""
UPDATE_HANDLER = """mutation($input: UpdateHandlerInput!) { updateHandler(input: $input) {
  handler { id name phone email enabled } errors { code path }
} }"""
APPLICATION = """
  id databaseId status position reason appliedAt entryDate salary terms termsHash signedAt signedFrom
  company { id } handler { id } contract { id company { id } } user { id } resume { id }
"""


def _mutation(name: str) -> str:
    return f"""mutation($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {{
  application {{ {APPLICATION} }} errors {{ code path }}
}} }}"""


SUBMIT = _mutation("submitResume")
APPROVE = _mutation("approveSignApplication")
REJECT = _mutation("rejectSignApplication")
CANCEL = _mutation("cancelSignApplication")
SIGN = _mutation("signContract")
ASSIGN = _mutation("assignHandler")
UPDATE_RESUME = """mutation($input: UpdateResumeInput!) { updateResume(input: $input) {
  resume { id name } errors { code path }
} }"""


@dataclass(frozen=True)
class Employer:
    """A company with a contract, and the handler who looks after its applications: ids of the graph."""

    administrator: Person
    person: Person
    """The handler, signed in."""
    company: str
    company_number: int
    contract: str
    handler: str
    handler_number: int

    @property
    def offer(self) -> dict[str, str]:
        """What the handler offers."""
        return {"contractId": self.contract, "entryDate": "2026-07-01", "salary": "12000.50"}


async def new_company(product: Product, administrator: Person, name: str = "青禾软件") -> dict[str, Any]:
    """A company."""
    company: dict[str, Any] = (await done(product, CREATE_COMPANY, administrator, name=name))["company"]
    return company


async def new_contract(product: Product, administrator: Person, company: str, **more: Any) -> str:
    """A contract of the company; its id."""
    terms = {"name": "劳动合同", "body": "青禾软件有限公司", "years": 3, "fileUrl": "https://files.test/c1.pdf", **more}
    created = await done(product, CREATE_CONTRACT, administrator, companyId=company, **terms)
    return str(created["contract"]["id"])


async def new_handler(product: Product, administrator: Person, person: Person, name: str = "钱人事") -> dict[str, Any]:
    """Make somebody a handler."""
    values = {"userId": encode("User", person.id), "name": name, "phone": "13900000009", "email": "hr@careergraph.test"}
    handler: dict[str, Any] = (await done(product, CREATE_HANDLER, administrator, **values))["handler"]
    return handler


async def new_employer(product: Product, name: str = "青禾软件", *, administrator: Person | None = None) -> Employer:
    """A company with a contract and a handler."""
    person = await product.student()
    administrator = administrator or await product.administrator()
    company = await new_company(product, administrator, name)
    handler = await new_handler(product, administrator, person)
    return Employer(
        administrator=administrator,
        person=person,
        company=company["id"],
        company_number=company["databaseId"],
        contract=await new_contract(product, administrator, company["id"]),
        handler=handler["id"],
        handler_number=handler["databaseId"],
    )


def resume(employer: Employer | None = None, **more: Any) -> dict[str, Any]:
    """A resume of the graph, which wishes for the employer's company."""
    wish = {} if employer is None else {"companyId": employer.company}
    return {**RESUME, **wish, **more}


async def applied(product: Product, person: Person, employer: Employer, **more: Any) -> dict[str, Any]:
    """Apply to the employer with a resume; the application."""
    values = {"resume": resume(employer, **more), "handlerId": employer.handler}
    application: dict[str, Any] = (await done(product, SUBMIT, person, **values))["application"]
    return application


async def moved(product: Product, person: Person, employer: Employer, application: str, status: str) -> None:
    """Take an application that waits for a decision to a status."""
    ways = {
        "APPLIED": (),
        "AWAITING_SIGNATURE": ((APPROVE, employer.person, employer.offer),),
        "SIGNED": ((APPROVE, employer.person, employer.offer), (SIGN, person, {})),
        "REJECTED": ((REJECT, employer.person, {"reason": "照片不清晰"}),),
        "CANCELLED": ((CANCEL, person, {}),),
    }
    for mutation, who, values in ways[status]:
        await done(product, mutation, who, applicationId=application, **values)


async def wechat_person(product: Product, name: str) -> Person:
    """Somebody signed in at the sign cloud, in the development form."""
    response = await product.http.post("/weixin/login", data={"code": f"dev-{name}"})
    reply = response.json()
    assert reply["status"] == 0, reply
    token = reply["data"]["session_token"]
    viewer = await product.data("{ viewer { databaseId } }", person=Person(0, name, token))
    return Person(viewer["viewer"]["databaseId"], name, token)


def form(employer: Employer | None = None, **more: Any) -> dict[str, Any]:
    """The whole form, its entries as JSON texts; None takes a field out."""
    wish = {}
    if employer is not None:
        wish = {"company_id": str(employer.company_number), "ad_user_id": str(employer.handler_number)}
    entries = {"work_exp": json.dumps([WORK]), "employee_edu": json.dumps([EDUCATION])}
    fields = {**FORM, **wish, **entries, **more}
    return {name: value for name, value in fields.items() if value is not None}


async def call(
    product: Product, person: Person | None, method: str, path: str, fields: Any = None, *, json: Any = None
) -> httpx2.Response:
    """A call of the mini-program."""
    headers = {"X-platform-code": "test"} | ({"X-auth-token": person.token} if person else {})
    return await product.http.request(method, path, data=fields, json=json, headers=headers)


async def told(
    product: Product, person: Person | None, method: str, path: str, fields: Any = None, *, json: Any = None
) -> Any:
    """The data of a call that succeeds."""
    response = await call(product, person, method, path, fields, json=json)
    assert response.status_code == 200, response.text
    reply = response.json()
    assert (reply["status"], reply["msg"]) == (0, ""), reply
    return reply["data"]

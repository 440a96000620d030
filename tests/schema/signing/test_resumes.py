"""Resumes in the graph: what is kept, who sees it on every path, and what is refused."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from models.db import Database
from models.signing.resumes import Resume
from models.statements import table_of
from schema.engine.node_id import encode
from tests.schema.replies import top_level
from tests.support.clients import Person, Product
from tests.support.images import upload
from tests.support.platform import audited, done, payload, refused
from tests.support.signing import (
    ASSIGN,
    CANCEL,
    RESUME,
    SUBMIT,
    UPDATE_HANDLER,
    UPDATE_RESUME,
    applied,
    new_employer,
    new_handler,
    resume,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both

WHOLE = """
  name phone phoneVerified idNumber age gender ethnicity maritalStatus politicalStatus householdType position visibility
  registeredAddress { province { number name } city { number name } county { number name } detail }
  currentAddress { province { number name } city { number name } county { number name } detail }
  emergencyContact { name phone relationship }
  idCardFront { path } idCardBack { path } company { name }
  workExperiences { company position startTime endTime salary description extras }
  educations { school degree major startTime endTime extras }
"""
OWN = f"{{ viewer {{ resume {{ {WHOLE} }} }} }}"
REVEAL = """mutation($input: RevealResumeIdNumberInput!) { revealResumeIdNumber(input: $input) {
  idNumber errors { code path }
} }"""
SET_VISIBILITY = """mutation($input: SetResumeVisibilityInput!) { setResumeVisibility(input: $input) {
  resume { visibility } errors { code path }
} }"""
VERIFY_PHONE = """mutation($input: VerifyResumePhoneInput!) { verifyResumePhone(input: $input) {
  resume { phone phoneVerified } errors { code path }
} }"""
ID_NUMBER = "11010119900307123X"
FULL: dict[str, Any] = {
    "name": "赵一鸣",
    "phone": "13912340001",
    "idNumber": ID_NUMBER,
    "age": 24,
    "gender": "MALE",
    "ethnicity": "汉族",
    "maritalStatus": "DIVORCED",
    "politicalStatus": "PARTY_MEMBER",
    "householdType": "URBAN",
    "position": "测试工程师",
    "visibility": "SECRET",
    "registeredAddress": {
        "province": {"number": 50, "name": "重庆市"},
        "city": {"number": 500100, "name": "市辖区"},
        "county": {"number": 500103, "name": "渝中区"},
        "detail": "解放碑 1 号",
    },
    "currentAddress": {
        "province": {"number": 33, "name": "浙江省"},
        "city": {"number": 330100, "name": "杭州市"},
        "county": {"number": None, "name": "西湖区"},
        "detail": "文三路 100 号",
    },
    "emergencyContact": {"name": "赵大山", "phone": "023-60000001", "relationship": "父亲"},
    "workExperiences": [
        {
            "company": "远山科技",
            "position": "实习生",
            "startTime": "2025-07",
            "endTime": "至今",
            "salary": "3000",
            "description": "写接口",
            "extras": {"referee": {"name": "孙主管", "tags": ["直属", 1, None]}},
        },
        {
            "company": "知微信息",
            "position": "",
            "startTime": "",
            "endTime": "",
            "salary": "",
            "description": "",
            "extras": {},
        },
    ],
    "educations": [
        {
            "school": "重庆大学",
            "degree": "bachelor",
            "major": "软件工程",
            "startTime": "2022-09",
            "endTime": "2026-06",
            "extras": {},
        }
    ],
}


def at(path: str, value: Any) -> dict[str, Any]:
    """The shortest resume with a value at a dotted path."""
    *parents, last = path.split(".")
    changed: dict[str, Any] = {**RESUME}
    inner = changed
    for parent in parents:
        inner[parent] = {}
        inner = inner[parent]
    inner[last] = value
    return changed


async def own(product: Product, person: Person) -> dict[str, Any]:
    found: dict[str, Any] = (await product.data(OWN, person=person))["viewer"]["resume"]
    return found


async def test_a_resume_is_kept_as_it_was_sent(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    front, back = [(await upload(product, student, "ID_CARD"))["image"]["path"] for _ in range(2)]
    pictures = {"idCardFront": front, "idCardBack": f"http://careergraph.test{back}"}

    await done(product, SUBMIT, student, resume={**FULL, **pictures, "companyId": employer.company})

    found = await own(product, student)
    shown = {name: found.pop(name)["path"] for name in pictures}
    assert found == {**FULL, "phoneVerified": False, "company": {"name": "青禾软件"}}
    assert [path.partition("?")[0] for path in shown.values()] == [path.partition("?")[0] for path in (front, back)]
    assert (await product.http.get(shown["idCardFront"])).status_code == 200
    assert (await product.http.get(shown["idCardFront"].partition("?")[0])).status_code == 404


async def test_what_is_left_out_is_empty_and_recruiters_do_not_see_it(product: Product) -> None:
    student = await product.student()

    await done(product, SUBMIT, student, resume=resume(position=None))

    nowhere = {
        **{division: {"number": None, "name": ""} for division in ("province", "city", "county")},
        "detail": "",
    }
    found = await own(product, student)
    assert found["registeredAddress"] == found["currentAddress"] == nowhere
    assert found["emergencyContact"] == {"name": "", "phone": "", "relationship": ""}
    assert (found["age"], found["gender"], found["ethnicity"], found["position"]) == (0, "UNKNOWN", "", "")
    assert (found["idCardFront"], found["idCardBack"], found["company"]) == (None, None, None)
    assert found["visibility"] == "SECRET"


async def test_the_next_resume_replaces_the_first_but_its_id_and_visibility(product: Product) -> None:
    student = await product.student()
    first = (await done(product, SUBMIT, student, resume=FULL))["application"]

    updated = await done(product, UPDATE_RESUME, student, resume=resume(name="赵二"))

    found = await own(product, student)
    assert updated["resume"]["id"] == first["resume"]["id"]
    assert (found["name"], found["age"], found["visibility"]) == ("赵二", 0, "SECRET")
    assert [entry["company"] for entry in found["workExperiences"]] == ["远山科技"]
    assert len(found["educations"]) == 1


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", " "),
        ("name", "一" * 17),
        ("phone", ""),
        ("phone", "1" * 17),
        ("phone", "微信号"),
        ("idNumber", ""),
        ("idNumber", "1" * 33),
        ("idNumber", "身份证号码"),
        ("age", -1),
        ("age", 151),
        ("ethnicity", "族" * 13),
        ("position", "岗" * 17),
        ("registeredAddress.province.name", "省" * 17),
        ("registeredAddress.city.name", "市" * 13),
        ("registeredAddress.county.name", "县" * 256),
        ("registeredAddress.county.number", -1),
        ("registeredAddress.detail", "号" * 17),
        ("currentAddress.province.name", "省" * 13),
        ("currentAddress.city.name", "市" * 13),
        ("currentAddress.county.name", "县" * 256),
        ("currentAddress.detail", "号" * 256),
        ("emergencyContact.name", "人" * 17),
        ("emergencyContact.phone", "1" * 33),
        ("emergencyContact.relationship", "亲" * 33),
        ("workExperiences", []),
        ("workExperiences", [{"company": "甲"}] * 31),
        ("educations", []),
        ("educations", [{"school": "甲"}] * 31),
        ("companyId", encode("Company", 99)),
        ("idCardFront", "/storage/id-card/00000000000000000000000000000000.jpg"),
        ("idCardBack", "https://elsewhere.test/front.jpg"),
    ],
)
async def test_what_a_resume_may_not_say(product: Product, path: str, value: Any) -> None:
    student = await product.student()

    reply = await payload(product, SUBMIT, student, resume=at(path, value))

    assert reply == {
        "application": None,
        "errors": [{"code": "INVALID_INPUT", "path": ["input", "resume", *path.split(".")]}],
    }
    assert (await product.data("{ viewer { resume { id } } }", person=student))["viewer"]["resume"] is None


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"company": ""}, "company"),
        ({"company": "司" * 256}, "company"),
        ({"company": "甲", "position": "岗" * 256}, "position"),
        ({"company": "甲", "startTime": "1" * 33}, "startTime"),
        ({"company": "甲", "endTime": "1" * 33}, "endTime"),
        ({"company": "甲", "salary": "1" * 65}, "salary"),
        ({"company": "甲", "description": "话" * 2001}, "description"),
        ({"company": "甲", "extras": ["一"]}, "extras"),
        ({"company": "甲", "extras": {"a": "x" * 2000}}, "extras"),
        ({"company": "甲", "extras": {"a": {"b": {"c": {"d": {"e": {}}}}}}}, "extras"),
    ],
)
async def test_what_an_entry_may_not_say(product: Product, entry: dict[str, Any], field: str) -> None:
    student = await product.student()
    entries = [{"company": "好"}, entry]

    reply = await payload(product, SUBMIT, student, resume=resume(workExperiences=entries))

    path = ["input", "resume", "workExperiences", "1", field]
    assert reply["errors"] == [{"code": "INVALID_INPUT", "path": path}]
    assert (await product.data("{ viewer { resume { id } } }", person=student))["viewer"]["resume"] is None


async def test_id_numbers_are_encrypted_where_they_are_stored(product: Product, database: Database) -> None:
    student = await product.student()
    await done(product, SUBMIT, student, resume=RESUME)

    row = await database.fetch_one(select(table_of(Resume)))

    assert row is not None
    assert ID_NUMBER not in str(row)
    assert ID_NUMBER.encode() not in row.encrypted_id_number
    assert re.fullmatch("[0-9a-f]{64}", row.id_number_lookup)


async def test_a_picture_of_somebody_else_is_not_taken(product: Product) -> None:
    owner, thief = await product.students(2)
    path = (await upload(product, owner, "ID_CARD"))["image"]["path"]
    wrong_folder = (await upload(product, thief, "AVATAR"))["image"]["path"]

    for picture in (path, wrong_folder):
        assert await refused(product, SUBMIT, thief, resume=resume(idCardFront=picture)) == ["INVALID_INPUT"]


PATHS = {
    "node": "node(id: $resume) { ... on Resume { <fields> } }",
    "user": "node(id: $user) { ... on User { resume { <fields> } } }",
    "application": "node(id: $application) { ... on SignApplication { resume { <fields> } } }",
    "applications of the user": """
      node(id: $user) { ... on User { signApplications { nodes { resume { <fields> } } } } }
    """,
    "applications": "signApplications { nodes { resume { <fields> } } }",
    "handled": "viewer { handledApplications { nodes { resume { <fields> } } } }",
}


async def seen(product: Product, person: Person | None, application: dict[str, Any]) -> set[str]:
    """The paths on which the person reads the name in the resume."""
    ids = {
        "$resume": application["resume"]["id"],
        "$user": application["user"]["id"],
        "$application": application["id"],
    }
    found = set()
    for name, query in PATHS.items():
        query = query.replace("<fields>", "name idNumber phone")
        for variable, value in ids.items():
            query = query.replace(variable, f'"{value}"')
        reply = await product.graphql(f"{{ {query} }}", person=person)
        assert reply.get("data") is not None or "errors" in reply
        assert "GRAPHQL_VALIDATION_FAILED" not in str(reply)
        if "赵一鸣" in str(reply.get("data")):
            found.add(name)
        else:
            assert "13912340001" not in str(reply)
    return found


async def test_who_sees_a_resume_on_every_path(product: Product) -> None:
    employer = await new_employer(product)
    owner, other, second = await product.students(3)
    application = await applied(product, owner, employer)
    administrator = await product.administrator()
    await new_handler(product, administrator, second, "另一位")

    assert await seen(product, owner, application) == {"node", "user", "application", "applications of the user"}
    assert await seen(product, administrator, application) == set(PATHS) - {"handled"}
    assert await seen(product, employer.person, application) == {"node", "application", "applications", "handled"}
    assert await seen(product, other, application) == set()
    assert await seen(product, second, application) == set()
    assert await seen(product, None, application) == set()


@pytest.mark.parametrize("event", ["cancelled", "assigned to another", "disabled", "role revoked"])
async def test_when_a_handler_sees_a_resume_no_more(product: Product, event: str) -> None:
    employer = await new_employer(product)
    owner, second = await product.students(2)
    application = await applied(product, owner, employer)
    administrator = await product.administrator()
    before = await seen(product, employer.person, application)

    if event == "cancelled":
        await done(product, CANCEL, owner, applicationId=application["id"])
    elif event == "assigned to another":
        another = await new_handler(product, administrator, second, "另一位")
        await done(product, ASSIGN, administrator, applicationId=application["id"], handlerId=another["id"])
        assert await seen(product, second, application) == before
    elif event == "disabled":
        await done(product, UPDATE_HANDLER, administrator, handlerId=employer.handler, enabled=False)
    else:
        revoke = """mutation($input: RoleInput!) { revokeRole(input: $input) { user { id } errors { code } } }"""
        await done(product, revoke, administrator, userId=encode("User", employer.person.id), role="HANDLER")

    assert before == {"node", "application", "applications", "handled"}
    assert await seen(product, employer.person, application) == set()


async def test_others_see_a_masked_id_number_until_they_reveal_it(product: Product, database: Database) -> None:
    employer = await new_employer(product)
    owner, other = await product.students(2)
    application = await applied(product, owner, employer)
    resume_id = application["resume"]["id"]
    query = "query($id: ID!) { node(id: $id) { ... on Resume { idNumber } } }"

    shown = [
        (await product.data(query, {"id": resume_id}, person=person))["node"]["idNumber"]
        for person in (owner, employer.person)
    ]
    revealed = await done(product, REVEAL, employer.person, resumeId=resume_id)
    reply = await product.graphql(REVEAL, {"input": {"resumeId": resume_id}}, person=other)

    assert shown == [ID_NUMBER, "110***********123X"]
    assert revealed == {"idNumber": ID_NUMBER}
    assert top_level(reply) == [("FORBIDDEN", ["revealResumeIdNumber"])]
    assert await audited(database, "Resume") == [("reveal_resume_id_number", employer.person.id, {})]


async def test_a_handler_reveals_only_what_was_handed_to_them(product: Product, database: Database) -> None:
    employer = await new_employer(product)
    owner = await product.student()
    application = (await done(product, SUBMIT, owner, resume=RESUME))["application"]

    codes = await refused(product, REVEAL, employer.person, resumeId=application["resume"]["id"])

    assert codes == ["NOT_FOUND"]
    assert await audited(database, "Resume") == []


async def test_applications_are_found_by_id_number(product: Product) -> None:
    employer = await new_employer(product)
    first, second = await product.students(2)
    found = await applied(product, first, employer)
    await applied(product, second, employer, idNumber="110101199003075678")
    query = """query($number: String!) { signApplications(filter: {idNumber: $number}) { nodes { id } } }"""

    data = await product.data(query, {"number": ID_NUMBER.lower()}, person=employer.person)

    assert data["signApplications"]["nodes"] == [{"id": found["id"]}]


async def test_visibility_is_its_owners_to_set(product: Product) -> None:
    student, without = await product.students(2)
    await done(product, SUBMIT, student, resume=RESUME)

    assert await done(product, SET_VISIBILITY, student, visibility="SECRET") == {"resume": {"visibility": "SECRET"}}
    assert (await own(product, student))["visibility"] == "SECRET"
    assert await refused(product, SET_VISIBILITY, without, visibility="PUBLIC") == ["NOT_FOUND"]


async def test_without_a_resume_there_is_nothing_to_update(product: Product) -> None:
    student = await product.student()

    assert await refused(product, UPDATE_RESUME, student, resume=RESUME) == ["NOT_FOUND"]
    assert await refused(product, VERIFY_PHONE, student, code="123456") == ["NOT_FOUND"]
    assert (await product.data("{ viewer { resume { id } } }", person=student))["viewer"]["resume"] is None

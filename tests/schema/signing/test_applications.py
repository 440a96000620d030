"""Applications: every move and who makes it, races, what is recorded, and what follows from a signature."""

import asyncio
import hashlib
import json
from typing import Any

import pytest

from models.db import Database
from schema.engine.node_id import encode
from tests.schema.replies import top_level
from tests.support.clients import Person, Product
from tests.support.platform import audited, done, payload, refused
from tests.support.signing import (
    APPLICATION,
    APPROVE,
    ASSIGN,
    CANCEL,
    REJECT,
    SIGN,
    STATUSES,
    SUBMIT,
    UPDATE_COMPANY,
    UPDATE_CONTRACT,
    UPDATE_HANDLER,
    UPDATE_RESUME,
    Employer,
    applied,
    moved,
    new_company,
    new_contract,
    new_employer,
    new_handler,
    resume,
)

ONE = f"query($id: ID!) {{ node(id: $id) {{ ... on SignApplication {{ {APPLICATION} }} }} }}"
OWN = "{ viewer { signApplications { totalCount nodes { id status } } } }"
LISTED = """query($filter: SignApplicationFilter) { signApplications(filter: $filter) { totalCount nodes { id } } }"""
CAREER = """{ viewer { directions employmentGoal { status targetCompany targetJob targetSalary } workLogs { nodes {
  companyName job salary statusLines { status stage recordedAt }
} } } }"""
NOTIFIED = "{ viewer { notifications { nodes { kind text } } } }"
ALLOWED = {
    ("APPLIED", APPROVE),
    ("APPLIED", REJECT),
    ("APPLIED", CANCEL),
    ("AWAITING_SIGNATURE", CANCEL),
    ("AWAITING_SIGNATURE", SIGN),
}
UNKNOWN = encode("SignApplication", 99)


async def status_of(product: Product, person: Person, application: str) -> str:
    return str((await product.data(ONE, {"id": application}, person=person))["node"]["status"])


async def notified(product: Product, person: Person) -> list[tuple[str, str]]:
    """What somebody was told, the newest first."""
    data = await product.data(NOTIFIED, person=person)
    return [(node["kind"], node["text"]) for node in data["viewer"]["notifications"]["nodes"]]


def values_of(mutation: str, employer: Employer) -> dict[str, Any]:
    return {APPROVE: employer.offer, REJECT: {"reason": "不合适"}}.get(mutation, {})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_resume_opens_an_application(product: Product, database: Database) -> None:
    employer = await new_employer(product)
    student = await product.student()

    application = await applied(product, student, employer)

    assert application == {
        "id": application["id"],
        "databaseId": application["databaseId"],
        "status": "APPLIED",
        "position": "后端开发工程师",
        "reason": "",
        "appliedAt": "2026-03-02T02:00:00+00:00",
        **dict.fromkeys(("entryDate", "salary", "terms", "termsHash", "signedAt", "signedFrom", "contract")),
        "company": {"id": employer.company},
        "handler": {"id": employer.handler},
        "user": {"id": encode("User", student.id)},
        "resume": {"id": application["resume"]["id"]},
    }
    assert await audited(database, "SignApplication") == [
        ("submit_sign_application", student.id, {"status": "applied"})
    ]
    assert await notified(product, employer.person) == [
        ("SIGN_APPLICATION_SUBMITTED", "赵一鸣 submitted a sign application to 青禾软件.")
    ]
    assert await notified(product, student) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize("mutation", [APPROVE, REJECT, CANCEL, SIGN])
@pytest.mark.parametrize("status", STATUSES)
async def test_where_an_application_may_move(product: Product, database: Database, status: str, mutation: str) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]
    await moved(product, student, employer, application, status)
    before = await product.data(ONE, {"id": application}, person=student)
    events = await audited(database, "SignApplication")
    actor = student if mutation == SIGN else employer.person

    reply = await payload(product, mutation, actor, applicationId=application, **values_of(mutation, employer))

    if (status, mutation) in ALLOWED:
        targets = {APPROVE: "AWAITING_SIGNATURE", REJECT: "REJECTED", CANCEL: "CANCELLED", SIGN: "SIGNED"}
        assert reply["errors"] == []
        assert reply["application"]["status"] == targets[mutation]
        assert len(await audited(database, "SignApplication")) == len(events) + 1
    else:
        assert reply == {
            "application": None,
            "errors": [{"code": "MOVE_NOT_ALLOWED", "path": ["input", "applicationId"]}],
        }
        assert await product.data(ONE, {"id": application}, person=student) == before
        assert await audited(database, "SignApplication") == events


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_who_may_not_make_which_move(product: Product) -> None:
    """The applicant decides nothing, the handler signs nothing, and strangers do neither."""
    employer = await new_employer(product)
    student, stranger, second = await product.students(3)
    administrator = await product.administrator()
    await new_handler(product, administrator, second, "另一位")
    application = (await applied(product, student, employer))["id"]

    for mutation in (APPROVE, REJECT):
        values = {"applicationId": application, **values_of(mutation, employer)}
        for person in (student, stranger):
            reply = await product.graphql(mutation, {"input": values}, person=person)
            assert [code for code, _ in top_level(reply)] == ["FORBIDDEN"]
        assert await refused(product, mutation, second, **values) == ["NOT_FOUND"]
        assert await refused(product, mutation, administrator, **values) == ["MOVE_NOT_ALLOWED"]
    for person in (stranger, second):
        assert await refused(product, CANCEL, person, applicationId=application) == ["NOT_FOUND"]
    assert await refused(product, CANCEL, administrator, applicationId=application) == ["MOVE_NOT_ALLOWED"]
    assert await status_of(product, student, application) == "APPLIED"
    await moved(product, student, employer, application, "AWAITING_SIGNATURE")
    assert await refused(product, SIGN, employer.person, applicationId=application) == ["MOVE_NOT_ALLOWED"]
    assert await refused(product, SIGN, administrator, applicationId=application) == ["MOVE_NOT_ALLOWED"]
    assert await refused(product, SIGN, stranger, applicationId=application) == ["NOT_FOUND"]
    assert await refused(product, SIGN, student, applicationId=UNKNOWN) == ["NOT_FOUND"]
    assert await status_of(product, student, application) == "AWAITING_SIGNATURE"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_disabled_handler_decides_nothing(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]
    administrator = await product.administrator()
    await done(product, UPDATE_HANDLER, administrator, handlerId=employer.handler, enabled=False)

    codes = await refused(product, APPROVE, employer.person, applicationId=application, **employer.offer)

    assert codes == ["NOT_FOUND"]
    assert await status_of(product, student, application) == "APPLIED"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_administrators_decide_where_there_is_no_handler_and_assign_one(
    product: Product, database: Database
) -> None:
    employer = await new_employer(product)
    first, second = await product.students(2)
    administrator = await product.administrator()
    applications = [
        (await done(product, SUBMIT, person, resume=resume(employer)))["application"]["id"]
        for person in (first, second)
    ]

    refusal = await refused(product, REJECT, employer.person, applicationId=applications[0], reason="不")
    rejected = await done(product, REJECT, administrator, applicationId=applications[0], reason="资料不全")
    assigned = await done(product, ASSIGN, administrator, applicationId=applications[1], handlerId=employer.handler)
    approved = await done(product, APPROVE, employer.person, applicationId=applications[1], **employer.offer)

    assert refusal == ["NOT_FOUND"]
    assert rejected["application"]["status"] == "REJECTED"
    assert assigned["application"]["handler"] == {"id": employer.handler}
    assert approved["application"]["status"] == "AWAITING_SIGNATURE"
    assert [kind for kind, _ in await notified(product, employer.person)] == ["SIGN_APPLICATION_SUBMITTED"]
    assert ("assign_sign_application", administrator.id, {"status": "applied"}) in await audited(
        database, "SignApplication"
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize(("status", "codes"), [("SIGNED", ["MOVE_NOT_ALLOWED"]), ("CANCELLED", ["MOVE_NOT_ALLOWED"])])
async def test_what_is_final_gets_no_other_handler(product: Product, status: str, codes: list[str]) -> None:
    employer = await new_employer(product)
    student, second = await product.students(2)
    application = (await applied(product, student, employer))["id"]
    await moved(product, student, employer, application, status)
    administrator = await product.administrator()
    another = (await new_handler(product, administrator, second, "另一位"))["id"]

    assert await refused(product, ASSIGN, administrator, applicationId=application, handlerId=another) == codes
    assert await refused(product, ASSIGN, administrator, applicationId=UNKNOWN, handlerId=another) == ["NOT_FOUND"]
    found = await product.data(ONE, {"id": application}, person=student)
    assert found["node"]["handler"] == {"id": employer.handler}


async def test_forty_decisions_at_once(product: Product, database: Database) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]
    deciding = [(APPROVE, employer.offer), (REJECT, {"reason": "不合适"})] * 20

    replies = await asyncio.gather(
        *(
            payload(product, mutation, employer.person, applicationId=application, **values)
            for mutation, values in deciding
        )
    )

    won = [reply["application"]["status"] for reply in replies if not reply["errors"]]
    assert len(won) == 1
    assert [error["code"] for reply in replies for error in reply["errors"]] == ["MOVE_NOT_ALLOWED"] * 39
    assert await status_of(product, student, application) == won[0]
    assert len(await audited(database, "SignApplication")) == 2
    assert len(await notified(product, student)) == 1


async def test_twenty_signatures_at_once(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]
    await moved(product, student, employer, application, "AWAITING_SIGNATURE")

    replies = await asyncio.gather(*(payload(product, SIGN, student, applicationId=application) for _ in range(20)))

    assert sum(reply["errors"] == [] for reply in replies) == 1
    career = (await product.data(CAREER, person=student))["viewer"]
    assert len(career["workLogs"]["nodes"]) == 1


async def test_signatures_and_changes_of_the_resume_at_once(product: Product) -> None:
    """They wait for one another in one order, so that none waits for ever."""
    employer = await new_employer(product)
    students = await product.students(6)
    applications = []
    for student in students:
        applications.append((await applied(product, student, employer))["id"])
        await moved(product, student, employer, applications[-1], "AWAITING_SIGNATURE")

    replies = await asyncio.gather(
        *(
            payload(product, mutation, student, **values)
            for student, application in zip(students, applications, strict=True)
            for mutation, values in (
                (SIGN, {"applicationId": application}),
                (UPDATE_RESUME, {"resume": resume(employer, name="赵二")}),
            )
        )
    )

    assert [reply["errors"] for reply in replies] == [[], [{"code": "RESUME_LOCKED", "path": []}]] * 6


async def test_twenty_submissions_at_once(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()

    replies = await asyncio.gather(
        *(payload(product, SUBMIT, student, resume=resume(employer), handlerId=employer.handler) for _ in range(20))
    )

    assert sum(reply["errors"] == [] for reply in replies) == 1
    assert {error["code"] for reply in replies for error in reply["errors"]} == {"APPLICATION_OPEN"}
    assert (await product.data(OWN, person=student))["viewer"]["signApplications"]["totalCount"] == 1
    assert len(await notified(product, employer.person)) == 1


async def test_an_approval_and_a_change_of_the_resume_at_once(product: Product) -> None:
    """Whichever comes first: what is signed is the resume as it stands."""
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]

    approved, changed = await asyncio.gather(
        payload(product, APPROVE, employer.person, applicationId=application, **employer.offer),
        payload(product, UPDATE_RESUME, student, resume=resume(employer, name="赵二")),
    )

    assert approved["errors"] == []
    assert changed["errors"] in ([], [{"code": "RESUME_LOCKED", "path": []}])
    name = "赵一鸣" if changed["errors"] else "赵二"
    assert json.loads(approved["application"]["terms"])["employee"]["name"] == name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize("status", STATUSES)
async def test_a_new_application(product: Product, status: str) -> None:
    employer = await new_employer(product)
    student = await product.student()
    first = (await applied(product, student, employer))["id"]
    await moved(product, student, employer, first, status)

    reply = await payload(product, SUBMIT, student, resume=resume(employer, name="赵二"))

    found = (await product.data(OWN, person=student))["viewer"]["signApplications"]
    name = (await product.data("{ viewer { resume { name } } }", person=student))["viewer"]["resume"]["name"]
    if status in {"APPLIED", "AWAITING_SIGNATURE"}:
        assert reply == {"application": None, "errors": [{"code": "APPLICATION_OPEN", "path": []}]}
        assert (found["totalCount"], name) == (1, "赵一鸣")
    else:
        assert reply["errors"] == []
        assert [node["status"] for node in found["nodes"]] == ["APPLIED", status]
        assert name == "赵二"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize("status", STATUSES)
async def test_changing_the_resume(product: Product, database: Database, status: str) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]
    await moved(product, student, employer, application, status)
    events = await audited(database, "SignApplication")

    reply = await payload(product, UPDATE_RESUME, student, resume=resume(name="赵二", position="测试工程师"))

    name = (await product.data("{ viewer { resume { name } } }", person=student))["viewer"]["resume"]["name"]
    found = (await product.data(ONE, {"id": application}, person=student))["node"]
    added = (await audited(database, "SignApplication"))[len(events) :]
    if status in {"AWAITING_SIGNATURE", "SIGNED"}:
        assert reply == {"resume": None, "errors": [{"code": "RESUME_LOCKED", "path": []}]}
        assert (name, found["status"], added) == ("赵一鸣", status, [])
        return
    assert (reply["errors"], name) == ([], "赵二")
    if status == "CANCELLED":
        assert (found["status"], found["position"], added) == (status, "后端开发工程师", [])
        return
    action = "resubmit_sign_application" if status == "REJECTED" else "update_sign_application"
    assert found["status"] == "APPLIED"
    assert (found["position"], found["company"], found["reason"]) == ("测试工程师", None, "")
    assert found["handler"] == {"id": employer.handler}
    assert added == [(action, student.id, {"status": "applied"})]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_changed_resume_may_go_to_another_handler(product: Product) -> None:
    employer = await new_employer(product)
    student, second = await product.students(2)
    administrator = await product.administrator()
    another = (await new_handler(product, administrator, second, "另一位"))["id"]
    application = (await applied(product, student, employer))["id"]

    await done(product, UPDATE_RESUME, student, resume=resume(employer), handlerId=another)

    found = (await product.data(ONE, {"id": application}, person=student))["node"]
    assert found["handler"] == {"id": another}
    assert [kind for kind, _ in await notified(product, second)] == ["SIGN_APPLICATION_SUBMITTED"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_who_is_not_to_be_applied_to(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    administrator = await product.administrator()
    gone = (await new_company(product, administrator, "已停用"))["id"]
    await done(product, UPDATE_COMPANY, administrator, companyId=gone, enabled=False)

    unknown = await payload(product, SUBMIT, student, resume=resume(), handlerId=encode("Handler", 99))
    own = await payload(product, SUBMIT, employer.person, resume=resume(), handlerId=employer.handler)
    company = await payload(product, SUBMIT, student, resume=resume(companyId=gone))
    await done(product, UPDATE_HANDLER, administrator, handlerId=employer.handler, enabled=False)
    disabled = await payload(product, SUBMIT, student, resume=resume(), handlerId=employer.handler)

    for reply in (unknown, own, disabled):
        assert reply["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "handlerId"]}]
    assert company["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "resume", "companyId"]}]
    for person in (student, employer.person):
        assert (await product.data(OWN, person=person))["viewer"]["signApplications"]["totalCount"] == 0
    assert (await product.data("{ viewer { resume { id } } }", person=student))["viewer"]["resume"] is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"salary": "0"}, "salary"),
        ({"salary": "-1"}, "salary"),
        ({"salary": "0.001"}, "salary"),
        ({"salary": "10000000000000"}, "salary"),
        ({"salary": "NaN"}, "salary"),
        ({"salary": "Infinity"}, "salary"),
        ({"entryDate": "0001-01-01"}, "entryDate"),
        ({"contractId": encode("Contract", 99)}, "contractId"),
    ],
)
async def test_what_may_not_be_offered(product: Product, values: dict[str, str], path: str) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]

    reply = await payload(product, APPROVE, employer.person, applicationId=application, **{**employer.offer, **values})

    assert reply["errors"] == [{"code": "INVALID_INPUT", "path": ["input", path]}]
    assert await status_of(product, student, application) == "APPLIED"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_contract_of_another_company_or_a_disabled_one_is_not_offered(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    administrator = await product.administrator()
    other = (await new_company(product, administrator, "云杉数据"))["id"]
    foreign = await new_contract(product, administrator, other)
    await done(product, UPDATE_CONTRACT, administrator, contractId=employer.contract, enabled=False)
    application = (await applied(product, student, employer))["id"]

    for contract in (foreign, employer.contract):
        offer = {**employer.offer, "contractId": contract}
        reply = await payload(product, APPROVE, employer.person, applicationId=application, **offer)
        assert reply["errors"] == [{"code": "INVALID_INPUT", "path": ["input", "contractId"]}]
    found = (await product.data(ONE, {"id": application}, person=student))["node"]
    assert (found["status"], found["contract"], found["terms"]) == ("APPLIED", None, None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_application_to_no_company_becomes_one_to_the_contracts(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    values = {"resume": resume(), "handlerId": employer.handler}
    application = (await done(product, SUBMIT, student, **values))["application"]

    approved = await done(product, APPROVE, employer.person, applicationId=application["id"], **employer.offer)

    assert application["company"] is None
    assert approved["application"]["company"] == {"id": employer.company}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize("salary", ["0.01", "12000.50", "9999999999999.99"])
async def test_what_is_signed_and_what_follows(product: Product, database: Database, salary: str) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]

    offer = {**employer.offer, "salary": salary}
    approved = (await done(product, APPROVE, employer.person, applicationId=application, **offer))["application"]
    product.clock.advance(hours=1)
    signed = (await done(product, SIGN, student, applicationId=application))["application"]

    assert (approved["salary"], approved["entryDate"], approved["contract"]["id"]) == (
        salary,
        "2026-07-01",
        employer.contract,
    )
    assert (approved["signedAt"], approved["signedFrom"]) == (None, None)
    assert json.loads(signed["terms"]) == {
        "company": {"id": employer.company_number, "name": "青禾软件"},
        "contract": {
            "id": 1,
            "name": "劳动合同",
            "body": "青禾软件有限公司",
            "years": 3,
            "fileUrl": "https://files.test/c1.pdf",
        },
        "employee": {"userId": student.id, "name": "赵一鸣", "idNumber": "110***********123X"},
        "entryDate": "2026-07-01",
        "position": "后端开发工程师",
        "salary": salary,
    }
    assert signed["terms"] == json.dumps(
        json.loads(signed["terms"]), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert signed["termsHash"] == hashlib.sha256(signed["terms"].encode()).hexdigest()
    assert (signed["status"], signed["signedAt"], signed["signedFrom"]) == (
        "SIGNED",
        "2026-03-02T03:00:00+00:00",
        "127.0.0.1",
    )
    career = (await product.data(CAREER, person=student))["viewer"]
    assert career == {
        "directions": ["EMPLOYMENT"],
        "employmentGoal": {
            "status": "OFFER_RECEIVED",
            "targetCompany": "青禾软件",
            "targetJob": "后端开发工程师",
            "targetSalary": salary,
        },
        "workLogs": {
            "nodes": [
                {
                    "companyName": "青禾软件",
                    "job": "后端开发工程师",
                    "salary": salary,
                    "statusLines": [
                        {"status": "已签约", "stage": "SUCCEEDED", "recordedAt": "2026-03-02T03:00:00+00:00"}
                    ],
                }
            ]
        },
    }
    assert (await audited(database, "SignApplication"))[-1] == (
        "sign_contract",
        student.id,
        {"status": "signed", "termsHash": signed["termsHash"]},
    )
    assert (await notified(product, employer.person))[0] == (
        "CONTRACT_SIGNED",
        "The contract of 赵一鸣 with 青禾软件 was signed.",
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_goal_that_is_there_keeps_what_it_aims_for(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    goal = """mutation($input: SetEmploymentGoalInput!) { setEmploymentGoal(input: $input) {
      goal { id } errors { code } } }"""
    aims = {"targetCompany": "云杉数据", "targetJob": "架构师", "targetSalary": "30k"}
    await done(product, goal, student, status="SEEKING", targetArea="杭州", **aims)
    application = (await applied(product, student, employer))["id"]

    await moved(product, student, employer, application, "SIGNED")

    career = (await product.data(CAREER, person=student))["viewer"]
    assert career["employmentGoal"] == {"status": "OFFER_RECEIVED", **aims}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_a_rejection_tells_the_applicant_why(product: Product) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]

    empty = await refused(product, REJECT, employer.person, applicationId=application, reason=" ")
    long = await refused(product, REJECT, employer.person, applicationId=application, reason="长" * 257)
    rejected = await done(product, REJECT, employer.person, applicationId=application, reason="长" * 256)

    assert empty == long == ["INVALID_INPUT"]
    assert rejected["application"]["reason"] == "长" * 256
    assert await notified(product, student) == [
        ("SIGN_APPLICATION_REJECTED", "Your sign application to 青禾软件 was rejected: " + "长" * 256)
    ]
    assert (await product.data(CAREER, person=student))["viewer"]["employmentGoal"] is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
@pytest.mark.parametrize("canceller", ["applicant", "handler"])
async def test_a_cancellation_is_told_to_the_other_side(product: Product, canceller: str) -> None:
    employer = await new_employer(product)
    student = await product.student()
    application = (await applied(product, student, employer))["id"]
    actor, other = (student, employer.person) if canceller == "applicant" else (employer.person, student)

    await done(product, CANCEL, actor, applicationId=application)

    assert (await notified(product, other))[0] == (
        "SIGN_APPLICATION_CANCELLED",
        "The sign application of 赵一鸣 to 青禾软件 was cancelled.",
    )
    assert "SIGN_APPLICATION_CANCELLED" not in [kind for kind, _ in await notified(product, actor)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_list_of_applications(product: Product) -> None:
    employer = await new_employer(product)
    first, second, third = await product.students(3)
    administrator = await product.administrator()
    one = (await applied(product, first, employer))["id"]
    two = (await applied(product, second, employer))["id"]
    alone = (await done(product, SUBMIT, third, resume=resume()))["application"]["id"]
    await moved(product, second, employer, two, "REJECTED")

    async def listed(person: Person, **filter_: Any) -> list[str]:
        data = await product.data(LISTED, {"filter": filter_}, person=person)
        found = data["signApplications"]
        assert found["totalCount"] == len(found["nodes"])
        return [node["id"] for node in found["nodes"]]

    assert await listed(administrator) == [alone, two, one]
    assert await listed(administrator, hasHandler=False) == [alone]
    assert await listed(administrator, hasHandler=True) == [two, one]
    assert await listed(administrator, status="REJECTED") == [two]
    assert await listed(administrator, companyId=employer.company, status="APPLIED") == [one]
    assert await listed(administrator, handlerId=employer.handler) == [two, one]
    assert await listed(employer.person) == [two, one]
    assert top_level(await product.graphql(LISTED, person=first)) == [("FORBIDDEN", ["signApplications"])]
    handled = """{ viewer { handledApplications { totalCount nodes { id } } } }"""
    found = (await product.data(handled, person=employer.person))["viewer"]["handledApplications"]
    assert found == {"totalCount": 2, "nodes": [{"id": two}, {"id": one}]}
    assert (await product.data(handled, person=first))["viewer"]["handledApplications"]["totalCount"] == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_an_application_is_hidden_from_strangers(product: Product) -> None:
    employer = await new_employer(product)
    student, other = await product.students(2)
    application = (await applied(product, student, employer))["id"]

    assert await product.data(ONE, {"id": application}, person=other) == {"node": None}
    assert await product.data(ONE, {"id": application}) == {"node": None}

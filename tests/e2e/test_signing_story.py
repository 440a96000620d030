"""The life of a contract, as the mini-program, a handler and the administrators see it."""

import hashlib
import json
from typing import Any

from models.db import Database
from schema.engine.node_id import encode
from tests.support.clients import Person, Product
from tests.support.images import encoded
from tests.support.platform import audited, done
from tests.support.signing import (
    APPROVE,
    CREATE_COMPANY,
    CREATE_CONTRACT,
    CREATE_HANDLER,
    FORM,
    REJECT,
    SIGN,
    call,
    form,
    told,
    wechat_person,
)

QUEUE = """{ viewer { unreadNotificationCount handledApplications { nodes {
  id status position company { name }
  resume { name idNumber registeredAddress { county { name } } idCardFront { path } workExperiences { company extras } }
} } } }"""
OFFERED = """{ viewer { signApplications { nodes {
  id status salary entryDate termsHash terms handler { name } contract { name years fileUrl company { name } }
} } } }"""
END = """query { viewer {
  resume { name company { name } }
  signApplications { totalCount nodes { status reason signedAt signedFrom termsHash contract { company { name } } } }
  employmentGoal { status targetCompany targetJob targetSalary }
  workLogs { nodes { companyName job salary statusLines { status stage recordedAt } } }
  notifications { nodes { kind text subject { __typename } } }
} }"""
TOLD = "{ viewer { notifications { nodes { kind text } } } }"
TRAIL = """query($subject: ID!) { auditEvents(filter: {subject: $subject}) { nodes {
  action actor { id } details { name value }
} } }"""


async def choices(product: Product, person: Person) -> tuple[dict[str, Any], dict[str, Any], str, str]:
    """What the mini-program shows to choose from: a company, a handler, a position and a degree."""
    (company,) = await told(product, person, "GET", "/companies")
    (handler,) = await told(product, person, "GET", "/handlers")
    position = (await told(product, person, "GET", "/work_pos"))[0]
    degrees = await told(product, person, "GET", "/dict/Edu_Type")
    (degree,) = [entry["dict_key"] for entry in degrees if entry["dict_value"] == "本科"]
    return company, handler, position, degree


async def home(product: Product, person: Person) -> tuple[int, str, str]:
    found = await told(product, person, "GET", "/em_status")
    return found["status"], found["company_name"], found["reason"]


async def newest(product: Product, person: Person) -> dict[str, Any]:
    data = await product.data(OFFERED, person=person)
    application: dict[str, Any] = data["viewer"]["signApplications"]["nodes"][0]
    return application


async def test_from_resume_to_signature(product: Product, database: Database) -> None:
    staff = await product.student()
    administrator = await product.administrator()
    company = (await done(product, CREATE_COMPANY, administrator, name="拾光教育科技"))["company"]
    terms = {
        "name": "劳动合同（三年）",
        "body": "拾光教育科技有限公司",
        "years": 3,
        "fileUrl": "https://files.test/3.pdf",
    }
    contract = (await done(product, CREATE_CONTRACT, administrator, companyId=company["id"], **terms))["contract"]
    await done(product, CREATE_HANDLER, administrator, userId=encode("User", staff.id), name="孙人事")

    # A new person signs in, and fills in the form from what it offers.
    login = await product.http.post("/weixin/login", data={"code": "dev-story"})
    assert login.json()["data"]["em_id"] == 0
    person = await wechat_person(product, "story")
    assert await home(product, person) == (0, "", "")
    offered, handler, position, degree = await choices(product, person)
    assert offered == {"id": company["databaseId"], "company_name": "拾光教育科技"}
    image = await product.http.post("/image", files={"file": ("front.jpg", encoded(), "image/jpeg")})
    fields = form(
        None,
        work_pos=position,
        company_id=str(offered["id"]),
        ad_user_id=str(handler["id"]),
        id_card_front=image.json()["data"]["url"],
        work_exp=json.dumps([{"company": "远山科技", "referee": "李主管"}]),
        employee_edu=json.dumps([{"school": "重庆大学", "degree": degree}]),
    )

    # resume → application
    await told(product, person, "POST", "/employee", fields)
    assert await home(product, person) == (1, "拾光教育科技", "")
    queue = (await product.data(QUEUE, person=staff))["viewer"]
    (waiting,) = queue["handledApplications"]["nodes"]
    application = waiting["id"]
    picture = waiting["resume"].pop("idCardFront")["path"]
    assert (await product.http.get(picture)).status_code == 200
    assert queue["unreadNotificationCount"] == 1
    assert waiting == {
        "id": application,
        "status": "APPLIED",
        "position": "后端开发工程师",
        "company": {"name": "拾光教育科技"},
        "resume": {
            "name": "赵一鸣",
            "idNumber": "110***********123X",
            "registeredAddress": {"county": {"name": "渝中区"}},
            "workExperiences": [{"company": "远山科技", "extras": {"referee": "李主管"}}],
        },
    }

    # → rejection
    await done(product, REJECT, staff, applicationId=application, reason="身份证照片不清晰")
    assert await home(product, person) == (4, "拾光教育科技", "身份证照片不清晰")

    # → resubmission
    image = await product.http.post(
        "/image", files={"file": ("front.jpg", encoded(), "image/jpeg")}, headers={"X-auth-token": person.token}
    )
    again = {**fields, "real_name": "赵一鸣明", "id_card_front": image.json()["data"]["url"]}
    await told(product, person, "PUT", "/employee", again)
    assert await home(product, person) == (1, "拾光教育科技", "")

    # → approval, which locks the resume
    offer = {"contractId": contract["id"], "entryDate": "2026-07-01", "salary": "13500.50"}
    await done(product, APPROVE, staff, applicationId=application, **offer)
    assert await home(product, person) == (2, "拾光教育科技", "")
    locked = await call(product, person, "PUT", "/employee", {**again, "real_name": "另一个人"})
    assert locked.json() == {"status": 409, "msg": "待签约和已签约状态下不可以修改简历", "data": None}
    shown = await newest(product, person)
    assert {name: shown[name] for name in ("id", "status", "salary", "entryDate", "handler", "contract")} == {
        "id": application,
        "status": "AWAITING_SIGNATURE",
        "salary": "13500.50",
        "entryDate": "2026-07-01",
        "handler": {"name": "孙人事"},
        "contract": {
            "name": "劳动合同（三年）",
            "years": 3,
            "fileUrl": "https://files.test/3.pdf",
            "company": {"name": "拾光教育科技"},
        },
    }
    assert json.loads(shown["terms"])["employee"]["name"] == "赵一鸣明"

    # → signature
    product.clock.advance(days=1)
    signed = (await done(product, SIGN, person, applicationId=application))["application"]
    assert await home(product, person) == (3, "拾光教育科技", "")
    assert signed["termsHash"] == hashlib.sha256(shown["terms"].encode()).hexdigest() == shown["termsHash"]
    kept = await told(product, person, "GET", "/employee")
    assert {name: kept[name] for name in ("real_name", "phone", "id_number")} == {
        "real_name": "赵一鸣明",
        "phone": FORM["phone"],
        "id_number": FORM["id_number"],
    }

    # what it leaves: the goal, the work log, the notifications and the audit trail
    end = (await product.data(END, person=person))["viewer"]
    about = {"__typename": "SignApplication"}
    assert end == {
        "resume": {"name": "赵一鸣明", "company": {"name": "拾光教育科技"}},
        "signApplications": {
            "totalCount": 1,
            "nodes": [
                {
                    "status": "SIGNED",
                    "reason": "",
                    "signedAt": "2026-03-03T02:00:00+00:00",
                    "signedFrom": "127.0.0.1",
                    "termsHash": shown["termsHash"],
                    "contract": {"company": {"name": "拾光教育科技"}},
                }
            ],
        },
        "employmentGoal": {
            "status": "OFFER_RECEIVED",
            "targetCompany": "拾光教育科技",
            "targetJob": "后端开发工程师",
            "targetSalary": "13500.50",
        },
        "workLogs": {
            "nodes": [
                {
                    "companyName": "拾光教育科技",
                    "job": "后端开发工程师",
                    "salary": "13500.50",
                    "statusLines": [
                        {"status": "已签约", "stage": "SUCCEEDED", "recordedAt": "2026-03-03T02:00:00+00:00"}
                    ],
                }
            ]
        },
        "notifications": {
            "nodes": [
                {
                    "kind": "SIGN_APPLICATION_APPROVED",
                    "text": "Your sign application to 拾光教育科技 was approved: please sign the contract.",
                    "subject": about,
                },
                {
                    "kind": "SIGN_APPLICATION_REJECTED",
                    "text": "Your sign application to 拾光教育科技 was rejected: 身份证照片不清晰",
                    "subject": about,
                },
            ]
        },
    }
    # Each in the language of what caused it: the contract was signed in the graph, the form came from the old API.
    heard = (await product.data(TOLD, person=staff))["viewer"]["notifications"]["nodes"]
    assert [node["text"] for node in heard] == [
        "The contract of 赵一鸣明 with 拾光教育科技 was signed.",
        "赵一鸣明重新提交了拾光教育科技的签约申请。",
        "赵一鸣向拾光教育科技提交了签约申请。",
    ]
    trail = (await product.data(TRAIL, {"subject": application}, person=administrator))["auditEvents"]["nodes"]
    assert [(event["action"], event["actor"]["id"]) for event in reversed(trail)] == [
        ("submit_sign_application", encode("User", person.id)),
        ("reject_sign_application", encode("User", staff.id)),
        ("resubmit_sign_application", encode("User", person.id)),
        ("approve_sign_application", encode("User", staff.id)),
        ("sign_contract", encode("User", person.id)),
    ]
    assert trail[0]["details"] == [
        {"name": "status", "value": "signed"},
        {"name": "termsHash", "value": shown["termsHash"]},
    ]
    assert trail[3]["details"][1] == {"name": "reason", "value": "身份证照片不清晰"}
    assert len(await audited(database, "SignApplication")) == 5

"""The resume over REST: submitting, updating and reading it, and what the home page shows."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from models.db import Database
from tests.support.certification import submitted_real_name
from tests.support.clients import Person, Product
from tests.support.images import encoded
from tests.support.platform import audited, done
from tests.support.signing import (
    CANCEL,
    EDUCATION,
    FORM,
    REJECT,
    STATUSES,
    UPDATE_COMPANY,
    UPDATE_HANDLER,
    WORK,
    call,
    form,
    moved,
    new_employer,
    told,
    wechat_person,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the contract is replayed on both

NUMBERS = (
    *("age", "gender", "marital_sts", "political_sts", "acct_type"),
    *("acct_prc_id", "acct_city_id", "acct_coy_id", "province_id", "city_id", "county_id"),
)
CERTIFY = """mutation($input: %sCertificationInput!) { %sCertification(input: $input) {
  certification { status } errors { code }
} }"""


async def current_application(product: Product, person: Person) -> str:
    data = await product.data("{ viewer { signApplications(first: 1) { nodes { id } } } }", person=person)
    return str(data["viewer"]["signApplications"]["nodes"][0]["id"])


async def refusal(
    product: Product, person: Person, method: str, fields: dict[str, Any] | None, *, json: Any = None
) -> tuple[int, str]:
    """The status and the message of a call to /employee that is refused, with HTTP 200."""
    response = await call(product, person, method, "/employee", fields, json=json)
    assert response.status_code == 200, response.text
    reply = response.json()
    assert reply.keys() == {"status", "msg", "data"}
    assert reply["data"] is None
    assert reply["status"] != 0
    return reply["status"], reply["msg"]


async def uploaded(product: Product, person: Person | None) -> str:
    """The address of a picture that was just uploaded."""
    headers = {"X-auth-token": person.token} if person else {}
    files = {"file": ("id.jpg", encoded(), "image/jpeg")}
    reply = (await product.http.post("/image", files=files, headers=headers)).json()
    assert reply["error_code"] == 0, reply
    return str(reply["data"]["url"])


async def test_a_form_is_read_as_it_was_sent(product: Product) -> None:
    employer = await new_employer(product)
    person = await wechat_person(product, "zhao")
    pictures = {"id_card_front": await uploaded(product, None), "id_card_back": await uploaded(product, person)}

    assert await told(product, person, "POST", "/employee", form(employer, **pictures)) is None
    found = await told(product, person, "GET", "/employee")

    shown = {name: found.pop(name) for name in pictures}
    assert found == {
        **FORM,
        **{name: int(FORM[name]) for name in NUMBERS},
        "company_id": employer.company_number,
        "company": {"id": employer.company_number, "company_name": "青禾软件"},
        "ad_user_id": employer.handler_number,
        "work_exp": [WORK],
        "employee_edu": [EDUCATION],
    }
    for name, url in pictures.items():
        assert shown[name].partition("?")[0] == url.partition("?")[0]
        assert (await product.http.get(shown[name])).status_code == 200
    login = await product.http.post("/weixin/login", data={"code": "dev-zhao"})
    assert login.json()["data"]["em_id"] > 0


async def test_the_least_that_a_form_says(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    least = {
        name: FORM[name] for name in ("real_name", "phone", "id_number", "marital_sts", "political_sts", "acct_type")
    }
    entries = {"work_exp": '[{"company":"甲"}]', "employee_edu": '[{"school":"乙"}]'}

    await told(product, person, "POST", "/employee", {**least, **entries})
    found = await told(product, person, "GET", "/employee")

    texts = set(FORM) - set(least) - set(NUMBERS)
    assert {found[name] for name in texts} == {""}
    assert {found[name] for name in NUMBERS if name.endswith("_id")} == {None}
    assert (found["age"], found["gender"], found["company_id"], found["ad_user_id"]) == (0, 0, 0, 0)
    assert found["company"] == {"id": 0, "company_name": ""}
    assert (found["id_card_front"], found["id_card_back"]) == ("", "")
    assert found["work_exp"] == [{**dict.fromkeys(WORK, ""), "company": "甲"}]
    assert found["employee_edu"] == [{**dict.fromkeys(EDUCATION, ""), "school": "乙"}]


async def test_blank_fields_of_a_form_say_nothing(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    optional = set(FORM) - {"real_name", "phone", "id_number", "marital_sts", "political_sts", "acct_type"}
    blank = dict.fromkeys((*optional, "company_id", "ad_user_id", "id_card_front", "id_card_back"), "")

    await told(product, person, "POST", "/employee", form(None, **blank))

    found = await told(product, person, "GET", "/employee")
    assert (found["age"], found["gender"], found["acct_prc_id"], found["company_id"]) == (0, 0, None, 0)


MORE = {"company": "知微信息", "证明人": {"姓名": "孙主管", "tags": ["直属", 2]}}


@pytest.mark.parametrize("notation", ["json text", "brackets", "json body", "multipart"])
async def test_the_notations_of_entries(product: Product, notation: str) -> None:
    person = await wechat_person(product, "zhao")
    jobs = [{**WORK, "referee": "孙主管"}, {"company": "知微信息"}]

    if notation == "json text":
        response = await call(product, person, "POST", "/employee", form(work_exp=json.dumps(jobs)))
    elif notation == "json body":
        fields = {**form(), "work_exp": jobs, "employee_edu": [EDUCATION], "age": 24}
        response = await call(product, person, "POST", "/employee", json=fields)
    else:
        fields = form(work_exp=None, employee_edu=None)
        fields |= {f"work_exp[{number}][{key}]": value for number, job in enumerate(jobs) for key, value in job.items()}
        fields |= {f"employee_edu[0][{key}]": value for key, value in EDUCATION.items()}
        if notation == "multipart":
            response = await product.http.post(
                "/employee",
                files={name: (None, value) for name, value in fields.items()},
                headers={"X-auth-token": person.token},
            )
        else:
            response = await call(product, person, "POST", "/employee", fields)

    assert response.json() == {"status": 0, "msg": "", "data": None}
    found = await told(product, person, "GET", "/employee")
    assert found["work_exp"] == [
        {**WORK, "referee": "孙主管"},
        {**dict.fromkeys(WORK, ""), "company": "知微信息"},
    ]
    assert found["employee_edu"] == [EDUCATION]


async def test_unknown_keys_of_entries_are_kept(product: Product) -> None:
    person = await wechat_person(product, "zhao")

    await told(product, person, "POST", "/employee", form(work_exp=json.dumps([MORE])))

    assert (await told(product, person, "GET", "/employee"))["work_exp"] == [{**dict.fromkeys(WORK, ""), **MORE}]


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no work_exp": ({"work_exp": None}, "work_exp 不能为空"),
    "no employee_edu": ({"employee_edu": None}, "employee_edu 不能为空"),
    "empty work_exp": ({"work_exp": "[]"}, "work_exp 必须有 1 到 30 项"),
    "empty employee_edu": ({"employee_edu": "[]"}, "employee_edu 必须有 1 到 30 项"),
    "malformed JSON": ({"work_exp": '[{"company":'}, "work_exp 不是合法的 JSON"),
    "blank work_exp": ({"work_exp": ""}, "work_exp 不是合法的 JSON"),
    "an object": ({"work_exp": '{"company":"甲"}'}, "work_exp 必须是列表"),
    "a list of texts": ({"employee_edu": '["乙"]'}, "employee_edu 第 1 项必须是对象"),
    "no company": ({"work_exp": '[{"company":"甲"},{"position":"乙"}]'}, "work_exp 第 2 项的 company 不能为空"),
    "no school": ({"employee_edu": '[{"degree":"bachelor"}]'}, "employee_edu 第 1 项的 school 不能为空"),
    "a list for a text": ({"work_exp": '[{"company":["甲"]}]'}, "work_exp 第 1 项的 company 必须是字符串"),
    "a long company": (
        {"work_exp": json.dumps([{"company": "司" * 256}])},
        "work_exp 第 1 项的 company 不能超过 255 个字符",
    ),
    "long extras": (
        {"work_exp": json.dumps([{"company": "甲", "x": "y" * 2000}])},
        "work_exp 第 1 项的附加内容不能超过 2000 字节",
    ),
    "deep extras": (
        {"work_exp": '[{"company":"甲","x":' + "[" * 600 + "]" * 600 + "}]"},
        "work_exp 第 1 项的附加内容嵌套不能超过 5 层",
    ),
    "17 characters": ({"real_name": "一" * 17}, "real_name 不能超过 16 个字符"),
    "a blank name": ({"real_name": " "}, "real_name 不能为空"),
    "no name": ({"real_name": None}, "real_name 不能为空"),
    "a long phone": ({"phone": "1" * 17}, "phone 不能超过 16 个字符"),
    "a long id number": (
        {"id_number": "1" * 33},
        "id_number 必须为 4 到 32 个字母、数字、括号或连字符",
    ),
    "gender 9": ({"gender": "9"}, "gender 必须是 0、1、2 之一"),
    "gender in words": ({"gender": "男"}, "gender 必须是整数"),
    "marital_sts 0": ({"marital_sts": "0"}, "marital_sts 必须是 1、2、3 之一"),
    "no political_sts": ({"political_sts": None}, "political_sts 不能为空"),
    "acct_type 2": ({"acct_type": "2"}, "acct_type 必须是 0、1 之一"),
    "age 1000": ({"age": "1000"}, "age 必须在 0 与 150 之间"),
    "age beyond any number": ({"age": str(2**40)}, "age 必须在 0 与 2147483647 之间"),
    "nation": ({"nation": "族" * 13}, "nation 不能超过 12 个字符"),
    "acct_prc_name": ({"acct_prc_name": "省" * 17}, "acct_prc_name 不能超过 16 个字符"),
    "acct_city_name": ({"acct_city_name": "市" * 13}, "acct_city_name 不能超过 12 个字符"),
    "acct_addr": ({"acct_addr": "号" * 17}, "acct_addr 不能超过 16 个字符"),
    "province_name": ({"province_name": "省" * 13}, "province_name 不能超过 12 个字符"),
    "addr": ({"addr": "号" * 256}, "addr 不能超过 255 个字符"),
    "em_contact_name": ({"em_contact_name": "人" * 17}, "em_contact_name 不能超过 16 个字符"),
    "work_pos": ({"work_pos": "岗" * 17}, "work_pos 不能超过 16 个字符"),
    "an unknown company": ({"company_id": "99"}, "company_id: 该公司不存在或已停用"),
    "an unknown handler": ({"ad_user_id": "99"}, "ad_user_id: 该处理人不存在或已停用"),
    "a company in words": ({"company_id": "青禾"}, "company_id 必须是整数"),
    "a picture from elsewhere": (
        {"id_card_front": "http://xxx"},
        "id_card_front 不是您为此上传的图片",
    ),
}


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_what_a_form_may_not_say(product: Product, database: Database, method: str) -> None:
    person = await wechat_person(product, "zhao")
    before = None
    if method == "PUT":
        await told(product, person, "POST", "/employee", form())
        before = await told(product, person, "GET", "/employee")
    events = await audited(database, "SignApplication")

    replies = {name: await refusal(product, person, method, form(**fields)) for name, (fields, _) in BAD.items()}

    assert replies == {name: (400, message) for name, (_, message) in BAD.items()}
    assert await audited(database, "SignApplication") == events
    if before is None:
        assert await refusal(product, person, "GET", None) == (404, "尚未提交简历")
    else:
        assert await told(product, person, "GET", "/employee") == before


async def test_a_body_that_is_none(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    headers = {"X-auth-token": person.token, "content-type": "application/json"}

    for content in (b"{", b"[]", b"1", b"null", b"\xff"):
        response = await product.http.post("/employee", content=content, headers=headers)
        assert response.status_code == 200
        assert response.json()["status"] == 400
    assert await refusal(product, person, "GET", None) == (404, "尚未提交简历")


async def test_disabled_companies_and_handlers_are_refused(product: Product) -> None:
    employer = await new_employer(product)
    administrator = employer.administrator
    person = await wechat_person(product, "zhao")
    await done(product, UPDATE_HANDLER, administrator, handlerId=employer.handler, enabled=False)

    handler = await refusal(product, person, "POST", form(employer))
    await done(product, UPDATE_HANDLER, administrator, handlerId=employer.handler, enabled=True)
    await done(product, UPDATE_COMPANY, administrator, companyId=employer.company, enabled=False)
    company = await refusal(product, person, "POST", form(employer))

    assert handler == (400, "ad_user_id: 该处理人不存在或已停用")
    assert company == (400, "company_id: 该公司不存在或已停用")
    assert await refusal(product, person, "GET", None) == (404, "尚未提交简历")


@pytest.mark.parametrize("status", STATUSES)
async def test_submitting_and_updating_in_every_status(product: Product, status: str) -> None:
    employer = await new_employer(product)
    person = await wechat_person(product, "zhao")
    await told(product, person, "POST", "/employee", form(employer))
    await moved(product, person, employer, await current_application(product, person), status)
    before = await told(product, person, "GET", "/employee")
    changed = form(employer, real_name="赵二")

    if status in {"AWAITING_SIGNATURE", "SIGNED"}:
        assert await refusal(product, person, "PUT", changed) == (409, "待签约和已签约状态下不可以修改简历")
        assert await told(product, person, "GET", "/employee") == before
    else:
        await told(product, person, "PUT", "/employee", changed)
        assert (await told(product, person, "GET", "/employee"))["real_name"] == "赵二"
    expected = {"APPLIED": 1, "AWAITING_SIGNATURE": 2, "SIGNED": 3, "REJECTED": 1, "CANCELLED": 5}[status]
    assert (await told(product, person, "GET", "/em_status"))["status"] == expected

    if expected in {1, 2}:
        assert await refusal(product, person, "POST", form(employer)) == (409, "已有进行中的签约申请，请更新简历")
    else:
        await told(product, person, "POST", "/employee", form(employer, real_name="赵三"))
        assert (await told(product, person, "GET", "/em_status"))["status"] == 1


async def test_without_a_resume_there_is_nothing_to_update(product: Product) -> None:
    person = await wechat_person(product, "zhao")

    assert await refusal(product, person, "PUT", form()) == (404, "尚未提交简历")


async def test_the_home_page(product: Product) -> None:
    employer = await new_employer(product)
    person = await wechat_person(product, "zhao")

    async def home() -> tuple[Any, ...]:
        found = await told(product, person, "GET", "/em_status")
        return tuple(found[name] for name in ("status", "reason", "company_name", "verify_status"))

    assert await home() == (0, "", "", 0)
    await told(product, person, "POST", "/employee", form(employer))
    assert await home() == (1, "", "青禾软件", 0)
    application = await current_application(product, person)
    await done(product, REJECT, employer.person, applicationId=application, reason="照片不清晰")
    assert await home() == (4, "照片不清晰", "青禾软件", 0)
    await told(product, person, "PUT", "/employee", form(employer))
    assert await home() == (1, "", "青禾软件", 0)
    await done(product, CANCEL, person, applicationId=application)
    assert await home() == (5, "", "青禾软件", 0)


async def test_the_home_page_mirrors_the_review_of_the_real_name(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    administrator = await product.administrator()

    async def verified() -> int:
        return int((await told(product, person, "GET", "/em_status"))["verify_status"])

    claim = (await submitted_real_name(product, person))["certification"]
    in_review = await verified()
    decision = {"certificationId": claim["id"], "revision": claim["revision"]}
    await done(product, CERTIFY % ("Reject", "reject"), administrator, **decision, message="不清晰")
    rejected = await verified()
    claim = (await submitted_real_name(product, person))["certification"]
    decision = {"certificationId": claim["id"], "revision": claim["revision"]}
    await done(product, CERTIFY % ("Approve", "approve"), administrator, **decision)

    assert (in_review, rejected, await verified()) == (1, 3, 2)


async def test_a_resume_is_its_owners(product: Product) -> None:
    person, other = await wechat_person(product, "zhao"), await wechat_person(product, "qian")
    await told(product, person, "POST", "/employee", form())

    assert await refusal(product, other, "GET", None) == (404, "尚未提交简历")
    assert (await told(product, other, "GET", "/em_status"))["status"] == 0


async def test_a_picture_is_claimed_once(product: Product) -> None:
    person, other = await wechat_person(product, "zhao"), await wechat_person(product, "qian")
    picture = await uploaded(product, None)

    await told(product, person, "POST", "/employee", form(id_card_front=picture))

    stolen = await refusal(product, other, "POST", form(id_card_front=picture))
    assert stolen == (400, "id_card_front 不是您为此上传的图片")
    again = (await told(product, person, "GET", "/employee"))["id_card_front"]
    await told(product, person, "PUT", "/employee", form(id_card_front=again))


async def test_a_form_may_come_percent_encoded_or_not(product: Product) -> None:
    person = await wechat_person(product, "zhao")
    headers = {"X-auth-token": person.token, "content-type": "application/x-www-form-urlencoded; charset=utf-8"}

    response = await product.http.post("/employee/", content=urlencode(form()).encode(), headers=headers)

    assert response.json()["status"] == 0
    assert (await told(product, person, "GET", "/employee/"))["real_name"] == "赵一鸣"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/em_status"),
        ("POST", "/employee"),
        ("PUT", "/employee"),
        ("GET", "/employee"),
        ("GET", "/dict/Edu_Type"),
        ("GET", "/work_pos"),
        ("GET", "/handlers"),
        ("GET", "/companies"),
    ],
)
async def test_who_is_not_signed_in(product: Product, method: str, path: str) -> None:
    student = await product.student()
    foreign = Person(student.id, "", student.token)

    for person in (None, Person(0, "", "no token"), foreign):
        response = await call(product, person, method, path)
        assert response.status_code == 401
        assert response.json() == {"status": 401, "msg": "请先登录", "data": None}

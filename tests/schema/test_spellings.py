"""What people type, in the spellings that they use, in the graph."""

from typing import Any

import pytest

from models.settings import Settings
from tests.schema.replies import done, refused
from tests.support.clients import Product
from tests.support.outbox import Outbox
from tests.support.signing import resume

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the REST tests run on both

IMPORT = """mutation($input: ImportUsersInput!) { importUsers(input: $input) {
  importedCount rejected { index account code message } errors { code }
} }"""
SIGN_IN = (
    "mutation($input: SignInInput!) { signIn(input: $input) { user { account name } errors { code path message } } }"
)
USERS = "query($filter: UserFilter!) { users(filter: $filter) { nodes { account } } }"
CLOCK_INS = "query($filter: ClockInFilter!) { clockIns(filter: $filter) { nodes { location } } }"
CLOCK_IN = 'mutation { clockIn(input: {location: " \\u202e图书馆\\u200b "}) { clockIn { location } errors { code } } }'
EXAM = "mutation($input: SetExamDateInput!) { setExamDate(input: $input) { date errors { code } } }"
SUBMIT = """mutation($input: SubmitResumeInput!) { submitResume(input: $input) { errors { code path message } } }"""
SAVE = """mutation($input: UpdateResumeInput!) { updateResume(input: $input) {
  resume { name phone idNumber workExperiences { startTime endTime } } errors { code path message }
} }"""
SEND_CODE = (
    "mutation($input: SendCodeInput!) { sendCredentialCode(input: $input) { accepted errors { code path message } } }"
)
LINK = """mutation($input: LinkCredentialInput!) { linkCredential(input: $input) {
  user { credentials { kind identifier } } errors { code path message }
} }"""
RESET = "mutation($input: ResetPasswordInput!) { resetPassword(input: $input) { reset errors { code path message } } }"
SEND_RESET = "mutation($input: SendCodeInput!) { sendPasswordResetCode(input: $input) { accepted errors { code } } }"


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


async def test_an_account_is_ten_letters_or_digits_however_it_is_typed(product: Product) -> None:
    administrator = await product.administrator()
    accounts = ["２０２１ ２１４ ２８５\u200b", "2.0212E+09", "账号账号账号账号账号", "\u202d2021214286\u202c"]
    users = [{"account": account, "name": " 张\u3000三 "} for account in accounts]

    payload = await done(product, IMPORT, {"input": {"users": users}}, person=administrator)

    message = "account must be 10 letters or digits."
    assert payload == {
        "importedCount": 2,
        "rejected": [
            {"index": 1, "account": "2.0212E+09", "code": "INVALID_INPUT", "message": message},
            {"index": 2, "account": "账号账号账号账号账号", "code": "INVALID_INPUT", "message": message},
        ],
    }
    signed_in = await done(product, SIGN_IN, {"input": {"identifier": "２０２１２１４ ２８５", "password": "214285"}})
    assert signed_in == {"user": {"account": "2021214285", "name": "张三"}}
    for password in ("２１４２８５", " 214285", "214285\u200b"):
        wrong = {"input": {"identifier": "2021214285", "password": password}}
        assert await refused(product, SIGN_IN, wrong) == [("WRONG_CREDENTIALS", [])]


async def test_searches_and_days_are_read_in_any_spelling(product: Product) -> None:
    student = await product.student()
    administrator = await product.administrator()
    assert (await done(product, CLOCK_IN, person=student))["clockIn"] == {"location": "图书馆"}

    for filter_ in (
        {"accountContains": "２０２１０００ ００１"},
        {"nameContains": "学 生０１"},
        {"keyword": "\u200b学生01"},
    ):
        found = await product.data(USERS, {"filter": filter_}, person=administrator)
        assert found["users"]["nodes"] == [{"account": student.account}], filter_
    found = await product.data(CLOCK_INS, {"filter": {"date": " ２０２６－０３－０２ "}}, person=student)
    assert found["clockIns"]["nodes"] == [{"location": "图书馆"}]
    exam = await done(product, EXAM, {"input": {"date": "2026 - 12 - 20\u200e"}}, person=administrator)
    assert exam == {"date": "2026-12-20"}
    literal = 'mutation { setExamDate(input: {date: "２０２６-１２-１９"}) { date } }'
    assert await product.data(literal, person=administrator) == {"setExamDate": {"date": "2026-12-19"}}


async def test_a_number_proven_in_one_spelling_is_that_number_in_all(product: Product, outbox: Outbox) -> None:
    student = await product.student()
    await done(product, SEND_CODE, {"input": {"kind": "MOBILE", "address": "+86 139-1234-5678"}}, person=student)
    code = outbox.code("13912345678")
    proof = {"kind": "MOBILE", "address": "0086１３９１２３４５６７８", "code": f"{code[:3]} {code[3:]}\n"}

    linked = await done(product, LINK, {"input": proof}, person=student)

    assert {"kind": "MOBILE", "identifier": "13912345678"} in linked["user"]["credentials"]
    for kind in ("MOBILE", "USERNAME"):  # where a user name is asked for, a number does too
        credentials = {"kind": kind, "identifier": "(86) 139 1234 5678", "password": student.account[-6:]}
        assert (await done(product, SIGN_IN, {"input": credentials}))["user"]["account"] == student.account
    username = {"kind": "USERNAME", "address": "139-1234-5678", "password": student.account[-6:]}
    assert await refused(product, LINK, {"input": username}, person=student) == [
        ("INVALID_INPUT", ["input", "address"])
    ]


async def test_an_address_at_an_international_domain_is_stored_once(product: Product, outbox: Outbox) -> None:
    student, address = await product.student(), "zhang.san@xn--fsqu00a.xn--fiqs8s"
    typed = {"kind": "EMAIL", "address": "Zhang.San＠例子。中国"}
    await done(product, SEND_CODE, {"input": typed}, person=student)
    linked = await done(product, LINK, {"input": {**typed, "code": outbox.code(address)}}, person=student)
    assert {"kind": "EMAIL", "identifier": address} in linked["user"]["credentials"]

    product.clock.advance(minutes=2)
    await done(product, SEND_RESET, {"input": {"kind": "EMAIL", "address": address}})
    code = outbox.code(address)
    reset = {"kind": "EMAIL", "address": " zhang.san@例子.中国", "code": f" {code} ", "newPassword": " ｓecret "}
    assert await done(product, RESET, {"input": reset}) == {"reset": True}

    for password, is_right in ((" ｓecret ", True), ("secret", False), ("ｓecret", False)):
        credentials = {"identifier": student.account, "password": password}
        payload = (await product.data(SIGN_IN, {"input": credentials}))["signIn"]
        assert (payload["errors"] == []) is is_right, password


async def test_a_resume_is_read_by_its_kinds(product: Product) -> None:
    person = await product.student()
    form: dict[str, Any] = resume(
        name="𠮷 田〇",
        phone="+86 139-1234-5678",
        idNumber="１１０１０１ １９９００３０７ １２３ｘ",
        workExperiences=[{"company": "远山（北京）\u200b", "startTime": " ２０２０－０９", "endTime": "2021 - 06"}],
    )

    await done(product, SUBMIT, {"input": {"resume": form}}, person=person)
    saved = await done(product, SAVE, {"input": {"resume": form}}, person=person)

    assert saved["resume"] == {
        "name": "𠮷田〇",
        "phone": "13912345678",
        "idNumber": "11010119900307123X",
        "workExperiences": [{"startTime": "2020-09", "endTime": "2021-06"}],
    }

"""What people type, in the spellings that they use, at the five old APIs: one person, one number, one word."""

from typing import Any

import pytest

from models.settings import Settings
from tests.support.clients import Product
from tests.support.developers import PASSWORD
from tests.support.outbox import Outbox
from tests.support.platform import done
from tests.support.recruiters import REGISTRATION, mailed_link, post
from tests.support.signing import form, told, wechat_person

ANSWER = "8421"
PHONE = "13912345678"
SPELLINGS = (
    "+86 139-1234-5678",
    "0086 139 1234 5678",
    "8613912345678",
    " １３９１２３４５６７８ ",
    "\u202d139 1234 5678\u202c",
)
"""Of PHONE."""
DOMAIN, ASCII_DOMAIN = "例子.中国", "xn--fsqu00a.xn--fiqs8s"
VERIFY = """mutation($input: VerifyResumePhoneInput!) { verifyResumePhone(input: $input) {
  resume { phone phoneVerified } errors { code }
} }"""
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"captcha_test_answer": ANSWER})


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


async def test_an_account_is_ten_letters_or_digits_however_it_is_typed(product: Product) -> None:
    """On both databases: some characters take four bytes."""
    administrator = await product.administrator()
    rows = [
        ("２０２１２１４２８５", "张 三"),
        (" 2021 214 286\u200b", "𠮷田〇㛃"),
        ("ABcd１２３４５６", "John  Smith"),
        ("2.0212E+09", "excel"),
        ("账号账号账号账号账号", "chinese"),
        ("²²²²²²²²²é", "accents"),
        ("202121428-", "hyphen"),
        ("٢٠٢١٢١٤٢٨٥", "arabic"),
    ]
    body = {"list": [{"account": account, "name": name} for account, name in rows]}

    reply = (await product.rest("POST", "/api/v1/user/import", body, person=administrator)).json()

    refused = ("2.0212E+09", "账号账号账号账号账号", "222222222é", "202121428-", "٢٠٢١٢١٤٢٨٥")
    length = "账号长度必须为10位学号"
    told = [{"line": line, "account": account, "msg": length} for line, account in enumerate(refused, 4)]
    assert reply == {
        "code": 100,
        "msg": "导入存在错误",
        "data": {"errs": dict.fromkeys(refused, length), "rows": told},
    }
    for typed, account, name in (
        ("2021\u3000214 285", "2021214285", "张三"),
        ("２０２１２１４２８６", "2021214286", "𠮷田〇㛃"),
        (" ABcd123456 ", "ABcd123456", "John Smith"),
    ):
        login = {"account": typed, "password": account[-6:]}
        user = (await product.rest("POST", "/api/v1/user/login", login)).json()["data"]["user"]
        assert (user["account"], user["name"]) == (account, name)
    for password in (" 214285", "２１４２８５", "214285\u200b"):
        login = {"account": "2021214285", "password": password}
        assert (await product.rest("POST", "/api/v1/user/login", login)).json()["code"] == 1


@on_sqlite
async def test_the_recorder_finds_what_is_searched_in_any_spelling(product: Product) -> None:
    administrator = await product.administrator()
    rows = [{"account": "2021214285", "name": "张三"}, {"account": "2021214286", "name": "李四"}]
    await product.rest("POST", "/api/v1/user/import", {"list": rows}, person=administrator)
    student = await product.login("2021214285", "214285")
    await product.rest("POST", "/api/v1/clock_in/add", {"location": " \u202e图书馆\u200b "}, person=student)

    async def found(path: str, **query: str) -> list[dict[str, Any]]:
        reply = (await product.rest("GET", path, query=query, person=administrator)).json()
        assert reply["code"] == 0, reply
        (rows,) = [value for value in reply["data"].values() if isinstance(value, list)]
        return rows

    for query in (
        {"account": "２１４ ２８５"},
        {"name": " 张\u3000三 "},
        {"keyword": "２１４２８５"},
        {"keyword": "张 三"},
    ):
        assert [row["user"]["account"] for row in await found("/api/v1/user/search", **query)] == ["2021214285"], query
    for query in ({"date": " ２０２６－０３－０２ "}, {"time_slot": " 上午\u200b"}):
        assert [row["clock_in_location"] for row in await found("/api/v1/clock_in/search", **query)] == ["图书馆"], (
            query
        )


@on_sqlite
async def test_words_keep_what_is_meant(product: Product) -> None:
    student = await product.student()
    written = {"title": "\ufeff求职\u202e日记 ", "content": " （第一天）Ａ\n👨\u200d👩\u200d👧 ❤\ufe0f\u2066 "}

    await product.rest("POST", "/api/v1/post/add", written, person=student)

    reply = (await product.rest("GET", "/api/v1/post/search")).json()
    (post,) = next(value for value in reply["data"].values() if isinstance(value, list))
    assert (post["tittle"], post["content"]) == ("求职日记", "（第一天）Ａ\n👨\u200d👩\u200d👧 ❤\ufe0f")


@on_sqlite
async def test_a_developer_has_one_number_and_one_address(product: Product, outbox: Outbox) -> None:
    sent = await product.rest("GET", "/api/register-sms", query={"mobile": SPELLINGS[0]})
    assert sent.status_code == 200, sent.text
    code = outbox.code(PHONE)
    too_soon = await product.rest("GET", "/api/register-sms", query={"mobile": SPELLINGS[1]})
    registration = {
        "username": " ｘｉａｏ𠮷〇 ",
        "mobile": SPELLINGS[2],
        "password": PASSWORD,
        "verification_code": f" {code[:3]} {code[3:]}\u200b",
    }

    registered = await product.rest("POST", "/api/register", registration)

    assert (too_soon.status_code, registered.status_code) == (422, 200), registered.text
    for username in ("xiao𠮷〇", "ｘｉａｏ𠮷〇", PHONE, *SPELLINGS):
        login = await product.rest("POST", "/api/login", {"username": username, "password": PASSWORD})
        assert login.json()["data"]["user_info"]["username"] == "xiao𠮷〇", username
    headers = {"Authorization": f"Bearer {login.json()['data']['token_info']['access_token']}"}
    path = "/api/user/base/bind-email/verification-code"
    await product.http.get(path, params={"email": f"Zhang.San＠{DOMAIN}"}, headers=headers)
    bound = {"email": f" zhang.san@{DOMAIN}", "verification_code": outbox.code(f"zhang.san@{ASCII_DOMAIN}")}
    reply = await product.http.post("/api/user/base/bind-email", json=bound, headers=headers)
    assert reply.status_code == 200, reply.text
    contacts = "{ viewer { mobile email isEmailConfirmed } }"
    viewer = (await product.http.post("/graphql", json={"query": contacts}, headers=headers)).json()["data"]["viewer"]
    assert viewer == {"mobile": PHONE, "email": f"zhang.san@{ASCII_DOMAIN}", "isEmailConfirmed": True}


@on_sqlite
async def test_a_code_with_spaces_costs_no_try(product: Product, outbox: Outbox) -> None:
    """Five tries are all there are."""
    await product.rest("GET", "/api/register-sms", query={"mobile": PHONE})
    code = outbox.code(PHONE)
    registration = {"username": "xiaoming", "mobile": PHONE, "password": PASSWORD}
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    for _ in range(4):
        reply = await product.rest("POST", "/api/register", {**registration, "verification_code": wrong})
        assert reply.status_code == 500

    reply = await product.rest("POST", "/api/register", {**registration, "verification_code": f" {code} \n"})

    assert reply.status_code == 200, reply.text


@on_sqlite
async def test_a_resume_has_the_number_that_a_code_proves(product: Product, outbox: Outbox) -> None:
    person = await wechat_person(product, "zhao")
    fields = form(
        real_name=" 赵 一鸣 ",
        phone=SPELLINGS[0],
        id_number=" １１０１０１ １９９００３０７ １２３ｘ",
        em_contact_phone="139 1234 5679",
        age="２４",
        gender=" 1 ",
    )
    assert await told(product, person, "POST", "/employee", fields) is None
    shown = await told(product, person, "GET", "/employee")
    typed = ("real_name", "phone", "id_number", "em_contact_phone", "age", "gender")
    assert {name: shown[name] for name in typed} == {
        "real_name": "赵一鸣",
        "phone": PHONE,
        "id_number": "11010119900307123X",
        "em_contact_phone": "13912345679",
        "age": 24,
        "gender": 1,
    }

    await product.http.get("/captcha")
    asked = {"captcha_code": " ８４ ２１\u200b", "phone": SPELLINGS[1]}
    assert (await product.http.post("/verifycode", data=asked)).json() == {"error_code": 0, "data": {}}
    code = outbox.code(PHONE)
    await product.http.get("/captcha")
    asked = {"captcha_code": ANSWER, "phone": SPELLINGS[3]}
    assert (await product.http.post("/verifycode", data=asked)).json()["error_code"] == 429

    verified = await done(product, VERIFY, person, code=f"{code[:3]} {code[3:]}")

    assert verified == {"resume": {"phone": PHONE, "phoneVerified": True}}


@on_sqlite
async def test_staff_and_recruiters_sign_in_as_they_registered(product: Product, outbox: Outbox) -> None:
    staff = {"username": "ｗａｎｇ㛃", "password": "a123456.", "confirm_password": "a123456."}
    assert (await product.rest("POST", "/admin/user/register/", staff)).json()["code"] == 1
    login = {"username": " wang㛃 ", "password": "a123456."}
    assert (await product.rest("POST", "/admin/user/login/", login)).json()["code"] == 1
    assert (await product.rest("POST", "/admin/user/login/", {**login, "password": "ａ123456."})).json()["code"] == 0

    address = f"hr@{ASCII_DOMAIN}"
    registration = {**REGISTRATION, "user_email": f" HR＠{DOMAIN}", "phone": SPELLINGS[0]}
    registered = await post(product, "/hr/register/", **registration)
    assert (registered["status"], registered["username"]) == ("ok", address)
    await product.http.get(mailed_link(outbox, address))
    for email in (address, f"Hr@{DOMAIN}", f"hr@{DOMAIN.replace('.', '。')}"):
        reply = await post(product, "/hr/login/", username=email, password=REGISTRATION["password"])
        assert reply["status"] == "ok", email

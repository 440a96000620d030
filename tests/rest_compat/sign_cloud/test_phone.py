"""Proving the phone of a resume: with the code that `/verifycode` sends, or by signing in with it."""

from typing import Any

import pytest

from models.settings import Settings
from tests.support.clients import Person, Product
from tests.support.outbox import Outbox, other_than
from tests.support.platform import done, refused
from tests.support.signing import FORM, form, told, wechat_person

ANSWER = "8421"
PHONE = FORM["phone"]
VERIFY = """mutation($input: VerifyResumePhoneInput!) { verifyResumePhone(input: $input) {
  resume { phone phoneVerified } errors { code path }
} }"""
SEND_CODE = """mutation($input: SendCodeInput!) { sendCredentialCode(input: $input) { accepted errors { code } } }"""
LINK = """mutation($input: LinkCredentialInput!) { linkCredential(input: $input) { user { id } errors { code } } }"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"captcha_test_answer": ANSWER})


@pytest.fixture
def outbox(settings: Settings) -> Outbox:
    return Outbox(settings.data_dir)


@pytest.fixture
async def person(product: Product) -> Person:
    """Somebody with a resume."""
    somebody = await wechat_person(product, "zhao")
    await told(product, somebody, "POST", "/employee", form())
    return somebody


async def send_code(product: Product, phone: str = PHONE) -> None:
    await product.http.get("/captcha")
    response = await product.http.post("/verifycode", data={"captcha_code": ANSWER, "phone": phone})
    assert response.json()["error_code"] == 0, response.text


async def is_verified(product: Product, person: Person) -> Any:
    data = await product.data("{ viewer { resume { phoneVerified } } }", person=person)
    return data["viewer"]["resume"]["phoneVerified"]


async def test_the_code_proves_the_phone_once(product: Product, outbox: Outbox, person: Person) -> None:
    await send_code(product)
    code = outbox.code(PHONE)

    wrong = await refused(product, VERIFY, person, code=other_than(code))
    before = await is_verified(product, person)
    verified = await done(product, VERIFY, person, code=code)

    assert (wrong, before) == (["WRONG_CODE"], False)
    assert verified == {"resume": {"phone": PHONE, "phoneVerified": True}}
    assert await refused(product, VERIFY, person, code=code) == ["WRONG_CODE"]


async def test_a_code_of_another_phone_proves_nothing(product: Product, outbox: Outbox, person: Person) -> None:
    await send_code(product, "13912349999")

    assert await refused(product, VERIFY, person, code=outbox.code("13912349999")) == ["WRONG_CODE"]
    assert await is_verified(product, person) is False


async def test_another_phone_has_to_be_proven_again(product: Product, outbox: Outbox, person: Person) -> None:
    await send_code(product)
    await done(product, VERIFY, person, code=outbox.code(PHONE))

    await told(product, person, "PUT", "/employee", form(real_name="赵二"))
    same = await is_verified(product, person)
    await told(product, person, "PUT", "/employee", form(phone="13912349999"))

    assert (same, await is_verified(product, person)) == (True, False)


async def test_a_phone_to_sign_in_with_is_proven(product: Product, outbox: Outbox) -> None:
    person = await wechat_person(product, "zhao")
    await done(product, SEND_CODE, person, kind="MOBILE", address=PHONE)
    await done(product, LINK, person, kind="MOBILE", address=PHONE, code=outbox.code(PHONE))

    await told(product, person, "POST", "/employee", form())

    assert await is_verified(product, person) is True

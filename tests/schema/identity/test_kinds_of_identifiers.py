"""Signing in without saying what kind of identifier it is."""

import pytest

from models.identity import CredentialKind
from resolvers.demonstration import DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD, RECRUITER_EMAIL, RECRUITER_PASSWORD
from resolvers.identity.identifiers import kind_of
from tests.support.clients import Product

SIGN_IN = """mutation ($input: SignInInput!) { signIn(input: $input) { user { roles } errors { code } } }"""


def test_the_form_says_the_kind() -> None:
    forms = {
        "2099000001": CredentialKind.STUDENT_ACCOUNT,
        " ２０９９０００００１ ": CredentialKind.STUDENT_ACCOUNT,
        "abcdefghij": CredentialKind.STUDENT_ACCOUNT,
        "13900000001": CredentialKind.MOBILE,
        "+86 139-0000-0001": CredentialKind.MOBILE,
        RECRUITER_EMAIL: CredentialKind.EMAIL,
        "Recruiter＠careers.example": CredentialKind.EMAIL,
        "@": CredentialKind.EMAIL,
        "kaoqin.lin": CredentialKind.USERNAME,
        "209900001": CredentialKind.USERNAME,
        "小明": CredentialKind.USERNAME,
        "": CredentialKind.USERNAME,
    }
    assert {identifier: kind_of(identifier) for identifier in forms} == forms


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the matrix runs on both
async def test_the_people_of_the_readme_sign_in(demonstrated: Product) -> None:
    async def signed_in(identifier: str, password: str, **kind: str | None) -> object:
        variables = {"input": {"identifier": identifier, "password": password, **kind}}
        return (await demonstrated.data(SIGN_IN, variables))["signIn"]

    recruiter, refused = {"user": {"roles": ["RECRUITER"]}, "errors": []}, [{"code": "WRONG_CREDENTIALS"}]
    assert await signed_in(RECRUITER_EMAIL, RECRUITER_PASSWORD) == recruiter
    assert await signed_in(RECRUITER_EMAIL, RECRUITER_PASSWORD, kind=None) == recruiter
    assert await signed_in(DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD) == {"user": {"roles": []}, "errors": []}
    assert await signed_in(RECRUITER_EMAIL, RECRUITER_PASSWORD, kind="STUDENT_ACCOUNT") == {
        "user": None,
        "errors": refused,
    }
    # The recorder knows student accounts only.
    body = {"account": RECRUITER_EMAIL, "password": RECRUITER_PASSWORD}
    reply = await demonstrated.rest("POST", "/api/v1/user/login", body)
    assert (reply.json()["code"], reply.json()["msg"]) == (1, "账号或密码错误")

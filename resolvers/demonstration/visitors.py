"""Whom visitors of a development server may sign in as: one person of the demonstration data for each role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.identity import CredentialKind, WechatProgram
from models.settings import Settings
from resolvers.demonstration import (
    DEMONSTRATION_ACCOUNT,
    DEMONSTRATION_PASSWORD,
    DEMONSTRATION_TEACHER,
    RECRUITER_EMAIL,
    RECRUITER_PASSWORD,
)
from resolvers.startup import DEVELOPMENT_ADMINISTRATOR, DEVELOPMENT_PASSWORD


@dataclass(frozen=True, slots=True)
class Visitor:
    """A role, which the explorer's group of examples is named after, and the input that signs its person in:
    of `signInWithWechat` where it has a program, otherwise of `signIn`.
    """

    role: str
    sign_in: Mapping[str, str]


def _by_password(role: str, kind: CredentialKind, identifier: str, password: str) -> Visitor:
    return Visitor(role, {"kind": kind.name, "identifier": identifier, "password": password})


def _by_wechat(role: str, code: str) -> Visitor:
    return Visitor(role, {"program": WechatProgram.SIGN_CLOUD.name, "code": code})


ADMINISTRATOR = _by_password(
    "administrator", CredentialKind.STUDENT_ACCOUNT, DEVELOPMENT_ADMINISTRATOR, DEVELOPMENT_PASSWORD
)
VISITORS = (
    _by_password("student", CredentialKind.STUDENT_ACCOUNT, DEMONSTRATION_ACCOUNT, DEMONSTRATION_PASSWORD),
    _by_password("developer", CredentialKind.STUDENT_ACCOUNT, "2099000002", "000002"),
    _by_password("teacher", CredentialKind.STUDENT_ACCOUNT, DEMONSTRATION_TEACHER, DEMONSTRATION_TEACHER[-6:]),
    _by_wechat("applicant", "dev-mei"),
    _by_wechat("handler", "dev-tang"),
    _by_password("recruiter", CredentialKind.EMAIL, RECRUITER_EMAIL, RECRUITER_PASSWORD),
)


def visitors(settings: Settings) -> Sequence[Visitor]:
    """Those who are there with these settings: nobody in production."""
    if settings.is_production:
        return ()
    return (*(VISITORS if settings.loads_demo_data else ()), ADMINISTRATOR)

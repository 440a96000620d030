"""The identifiers of credentials: what they look like and how they are compared."""

import re

from models import texts
from models.errors import InvalidInput
from models.identity import CredentialKind

STUDENT_ACCOUNT_LENGTH = 10
_STUDENT_ACCOUNT = re.compile(rf"[A-Za-z0-9]{{{STUDENT_ACCOUNT_LENGTH}}}")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
"""As browsers check it, in small letters."""
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_USERNAME = re.compile(rf"[A-Za-z0-9_.\-{texts.HAN}]{{3,32}}")
_NORMALISED = {
    CredentialKind.STUDENT_ACCOUNT: texts.account,
    CredentialKind.USERNAME: texts.username,
    CredentialKind.MOBILE: texts.phone,
    CredentialKind.EMAIL: texts.email,
}


def normalized(kind: CredentialKind, identifier: str) -> str:
    """The form in which an identifier is stored and looked up."""
    return _NORMALISED.get(kind, str.strip)(identifier)


def kind_of(identifier: str) -> CredentialKind:
    """The kind that an identifier has by its form.

    A user name of ten letters or digits looks like a student account, and is taken for one.
    """
    if "@" in normalized(CredentialKind.EMAIL, identifier):
        return CredentialKind.EMAIL
    if is_mobile(normalized(CredentialKind.MOBILE, identifier)):
        return CredentialKind.MOBILE
    if is_student_account(normalized(CredentialKind.STUDENT_ACCOUNT, identifier)):
        return CredentialKind.STUDENT_ACCOUNT
    return CredentialKind.USERNAME


def is_student_account(text: str) -> bool:
    """Whether this may be a student account."""
    return _STUDENT_ACCOUNT.fullmatch(text) is not None


def is_mobile(text: str) -> bool:
    """Whether this is a mobile number of mainland China."""
    return _MOBILE.fullmatch(text) is not None


def checked_username(username: str, *, field: str = "username") -> str:
    """The user name, if it is one that people may choose. Raises InvalidInput."""
    username = normalized(CredentialKind.USERNAME, username)
    if not _USERNAME.fullmatch(username):
        raise InvalidInput(
            "A user name has 3 to 32 letters, digits, Chinese characters, underscores, hyphens or dots.", field=field
        )
    if is_mobile(normalized(CredentialKind.MOBILE, username)):
        raise InvalidInput("A user name may not look like a mobile number.", field=field)
    return username


def checked_address(kind: CredentialKind, address: str, *, field: str = "address") -> str:
    """The normalized address, if a message can be sent to one of that form. Raises InvalidInput."""
    address = normalized(kind, address)
    if kind is CredentialKind.EMAIL:
        if len(address) > 254 or not _EMAIL.fullmatch(address):
            raise InvalidInput("This is not an e-mail address.", field=field)
    elif kind is CredentialKind.MOBILE:
        if not is_mobile(address):
            raise InvalidInput("This is not a mobile number of mainland China.", field=field)
    else:
        raise InvalidInput("Codes are sent only to mobile numbers and e-mail addresses.", field="kind")
    return address

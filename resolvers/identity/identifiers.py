"""The identifiers of credentials: their formats and their normalised forms."""

import re

from models.errors import InvalidInput
from models.identity import CredentialKind

STUDENT_ACCOUNT_LENGTH = 10
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_EMAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+")
"""As browsers check it, in small letters."""
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_USERNAME = re.compile(r"[A-Za-z0-9_.\-\u4e00-\u9fff]{3,32}")


def normalized(kind: CredentialKind, identifier: str) -> str:
    """The form in which an identifier is stored and looked up: e-mail addresses in small letters."""
    stripped = identifier.strip()
    return stripped.lower() if kind is CredentialKind.EMAIL else stripped


def is_mobile(text: str) -> bool:
    """Whether this is a mobile number of mainland China."""
    return _MOBILE.fullmatch(text) is not None


def checked_username(username: str, *, field: str = "username") -> str:
    """The user name, if it is one that people may choose. Raises InvalidInput."""
    path = ("input", field)
    username = normalized(CredentialKind.USERNAME, username)
    if not _USERNAME.fullmatch(username):
        raise InvalidInput(
            "A user name has 3 to 32 letters, digits, Chinese characters, underscores, hyphens or dots.", path=path
        )
    if is_mobile(username):
        raise InvalidInput("A user name may not look like a mobile number.", path=path)
    return username


def checked_address(kind: CredentialKind, address: str, *, field: str = "address") -> str:
    """The normalized address, if a message can be sent to one of that form. Raises InvalidInput."""
    path = ("input", field)
    address = normalized(kind, address)
    if kind is CredentialKind.EMAIL:
        if len(address) > 254 or not _EMAIL.fullmatch(address):
            raise InvalidInput("This is not an e-mail address.", path=path)
    elif kind is CredentialKind.MOBILE:
        if not is_mobile(address):
            raise InvalidInput("This is not a mobile number of mainland China.", path=path)
    else:
        raise InvalidInput("Codes are sent only to mobile numbers and e-mail addresses.", path=("input", "kind"))
    return address

"""The identifiers of credentials: what they look like and how they are compared."""

import re

from models.errors import InvalidInput
from models.identity import CredentialKind

STUDENT_ACCOUNT_LENGTH = 10
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]{2,}")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)


def normalized(kind: CredentialKind, identifier: str) -> str:
    """The form in which an identifier is stored and looked up: e-mail addresses in small letters."""
    stripped = identifier.strip()
    return stripped.lower() if kind is CredentialKind.EMAIL else stripped


def checked_address(kind: CredentialKind, address: str) -> str:
    """The normalized address, if a message can be sent to one of that form. Raises InvalidInput."""
    path = ("input", "address")
    address = normalized(kind, address)
    if kind is CredentialKind.EMAIL:
        if len(address) > 254 or not _EMAIL.fullmatch(address):
            raise InvalidInput("This is not an e-mail address.", path=path)
    elif kind is CredentialKind.MOBILE:
        if not _MOBILE.fullmatch(address):
            raise InvalidInput("This is not a mobile number of mainland China.", path=path)
    else:
        raise InvalidInput("Codes go to mobile numbers and e-mail addresses only.", path=("input", "kind"))
    return address

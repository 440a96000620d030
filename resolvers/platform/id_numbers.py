"""Numbers of identity documents: the format of each kind, and their masked form."""

import re
from datetime import date

from models import texts
from models.errors import InvalidInput

RESIDENT_ID = 1
"""The number of 身份证 in the dictionary of certificate types."""
MAX_AGE = 150

_RESIDENT_ID_PATTERN = r"\d{17}[\dX]"
_PATTERNS = {
    RESIDENT_ID: _RESIDENT_ID_PATTERN,
    2: r"[A-Z0-9]{5,15}",  # 护照, of any country
    3: r"[HMC]\d{8}(\d{2})?",  # 港澳居民来往内地通行证
    4: r"\d{8}|\d{10}([A-Z])?",  # 台湾居民来往大陆通行证
    5: rf"([{texts.HAN}]{{1,4}}字第)?\d{{6,8}}号?",  # 军官证
}
_OTHER_PATTERN = r"[A-Z0-9()\-]{4,32}"
"""For the certificate types that administrators add."""

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_FIELD = "id_number"


def checked(certificate_type: int, number: str, *, today: date) -> str:
    """The number in its usual form, if a document of this type can have it. Raises InvalidInput.

    The check digit of a 身份证 refuses nothing: reviewers see whether it is right.
    """
    normal = texts.id_number(number)
    if re.fullmatch(_PATTERNS.get(certificate_type, _OTHER_PATTERN), normal, re.ASCII) is None:
        raise InvalidInput("This is not a number of such a document.", field=_FIELD)
    if certificate_type == RESIDENT_ID and not _is_birth_date(normal[6:14], today):
        raise InvalidInput("The birth date in the number is not possible.", field=_FIELD)
    return normal


def has_right_check_digit(certificate_type: int, number: str) -> bool | None:
    """Whether the last character of a 身份证 follows from the others (GB 11643); None for other documents."""
    if certificate_type != RESIDENT_ID:
        return None
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return number[17] == _CHECK_DIGITS[total % 11]


def masked(number: str) -> str:
    """The number as others see it: the ends of a long one, the last two characters of a short one."""
    shown_before, shown_after = (3, 4) if len(number) >= 15 else (0, 2)
    hidden = len(number) - shown_before - shown_after
    return number[:shown_before] + "*" * hidden + number[len(number) - shown_after :]


def _is_birth_date(digits: str, today: date) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return born <= today and age <= MAX_AGE

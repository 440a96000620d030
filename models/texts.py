"""One spelling for what people type, by its kind: one function a kind.

None of them refuses anything: what is no account or no number stays what it is, for the rules to refuse.
"""

import re
import unicodedata
from collections.abc import Callable

import idna

Normalise = Callable[[str], str]
"""Makes one spelling of what was typed."""

HAN = "\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
"""Every Chinese character, as a range of regular expressions: 〇 and 々 too, and the planes that hold nothing else."""
LONGEST = 1024
"""Of what has a form of its own nothing is longer; a longer text is left for the limits of length to refuse."""

_MARKS = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
"""Marks of direction and of line breaking, and spaces without a width. Joiners are none: emoji are made with them."""
_MARK = re.compile(f"[{_MARKS}]")
_INVISIBLE = re.compile(
    f"[{_MARKS}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u3164\ufe00-\ufe0f\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"[^\S\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]+")
"""Spaces of any width, and tabs; a line that ends is no space."""
_SPACE_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}]) (?=[{HAN}])")
_SPACE_BESIDE_HAN = re.compile(rf"(?<=[{HAN}]) | (?=[{HAN}])")
_SPACE_IN_DATE = re.compile(r" *([-/.:年月日]) *")
_SPACE_IN_EMAIL = re.compile(r" *([@.]) *")
_DASH = r"\-\u2010-\u2015\u2212"
_IN_PHONE = re.compile(rf"[ {_DASH}().]+")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－．", "0123456789+-.")
_MOBILE = re.compile(r"(?:\+?86|0086)?0?(1[3-9][0-9]{9})")


def free_text(text: str) -> str:
    """Words, of one line or of many: without marks of direction, and without space around them."""
    return _MARK.sub("", text).strip()


def account(text: str) -> str:
    """A student account: in plain letters and digits, without spaces."""
    return _plain(text, "")


def username(text: str) -> str:
    """A user name: in plain letters and digits."""
    return _plain(text, " ")


def code(text: str) -> str:
    """A code that somebody read and typed: in plain digits, without spaces."""
    return _plain(text, "")


def number(text: str) -> str:
    """A number: in plain digits. Other forms, such as ², are none: they would change what is meant."""
    return _MARK.sub("", text).translate(_FULL_WIDTH).strip()


def name(text: str) -> str:
    """The name of a person, and what people are searched by: one space between words, none between 张 and 三."""
    return _SPACE_BETWEEN_HAN.sub("", _plain(text, " "))


def class_name(text: str) -> str:
    """The name of a class: in plain letters and digits, one space between words, none beside a Chinese character."""
    return _SPACE_BESIDE_HAN.sub("", _plain(text, " "))


def date(text: str) -> str:
    """A day or a month in any spelling: in plain digits, without spaces around what parts them."""
    return _SPACE_IN_DATE.sub(r"\1", _plain(text, " "))


def phone(text: str) -> str:
    """A telephone number: a mobile number of mainland China as its 11 digits, in any spelling; others as typed."""
    plain = _plain(text, " ")
    found = _MOBILE.fullmatch(_IN_PHONE.sub("", plain))
    return found[1] if found else plain


def id_number(text: str) -> str:
    """The number of an identity card or another document: in plain digits and capitals, without spaces."""
    return _plain(text, "").upper()


def email(text: str) -> str:
    """An e-mail address: in small letters, without spaces around what parts it, an international domain in ASCII."""
    local, at, domain = _SPACE_IN_EMAIL.sub(r"\1", _plain(text, " ").lower()).rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except UnicodeError:  # which IDNAError is one of
        ascii_domain = domain
    return f"{local}{at}{ascii_domain}"


def _plain(text: str, space: str) -> str:
    """Without full-width forms and what nobody sees; the space inside as given, none around."""
    if len(text) > LONGEST:
        return text.strip()
    return _SPACE.sub(space, _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip())

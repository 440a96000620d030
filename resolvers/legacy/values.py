"""Values of predecessors as the product has them. What is wrong raises Refused, which says why."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import orjson

from models.base import MAX_ID
from models.errors import InvalidInput
from models.texts import free_text
from resolvers import checks

_ZERO = re.compile(r"0000-00-00(?:[ T].*)?|0|0\.0+")
"""What MySQL and old programs write for no time."""
_MILLISECONDS = 10**11
"""Larger numbers of time are milliseconds: as seconds they would be after the year 5000."""
_NUMBER = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_DIGITS = 20
_BITS = 96
"""Of an object id, which is the largest number of all."""
MAX_KEY = 64
"""The longest id."""
MAX_PARTS = 50
"""The most entries of a list of short texts; the rest is left out."""


class Refused(Exception):
    """A row, or a part of one, that cannot be moved in; the message says why."""


def text(
    value: Any,
    field: str,
    *,
    max_length: int,
    required: bool = False,
    normal: Callable[[str], str] = free_text,
) -> str:
    """A text by the product's rules: one spelling, not too long, nothing that cannot be stored."""
    plain = value if value.__class__ is str else _plain(value, field)
    # What is printable has no marks, no other space than " ", and nothing that cannot be stored.
    if normal is free_text and plain.isprintable() and 0 < len(plain) <= max_length and plain.strip(" ") == plain:
        return plain
    try:
        return checks.text(normal(plain), field, max_length=max_length, required=required)
    except InvalidInput as error:
        raise Refused(str(error)) from None


def _plain(value: Any, field: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.decode(errors="surrogateescape")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused(f"{field} is no text.")
    return str(value)


def whole(value: Any, field: str, *, minimum: int = 0, maximum: int = MAX_ID) -> int:
    """A whole number in a range."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(f"{field} is no whole number.")
    if not minimum <= value <= maximum:
        raise Refused(f"{field} must be between {minimum} and {maximum}.")
    return value


def number(value: Any, field: str, *, minimum: float, maximum: float) -> float:
    """A number in a range; nothing is 0."""
    try:
        found = float(value or 0)
    except (TypeError, ValueError):
        raise Refused(f"{field} is no number.") from None
    if not minimum <= found <= maximum:
        raise Refused(f"{field} must be between {minimum} and {maximum}.")
    return found


def truth(value: Any) -> bool:
    """Whether a flag is set: 1, true, or the byte of a BIT(1), which many dumps have as a text."""
    if isinstance(value, bytes):
        return any(value)
    return value is True or value == "\x01" or str(value).strip().lower() in ("1", "1.0", "true", "yes", "t")


def key(value: Any) -> str | None:
    """An id as it is looked up by: a number in decimal digits, or an object id in small letters; None for none."""
    if isinstance(value, str):
        if value.isdecimal() and value.isascii() and value[0] != "0" and len(value) < _DIGITS:
            return value
        plain = value.strip().lower()
        if not plain or len(plain) > MAX_KEY or not plain.isascii() or not plain.isprintable():
            return None
        return str(int(plain)) if _NUMBER.fullmatch(plain) else plain
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    is_number = isinstance(value, int) and not isinstance(value, bool) and value.bit_length() <= _BITS
    return str(value) if is_number else None


def instant(value: Any, field: str, zone: tzinfo) -> datetime | None:
    """An instant in UTC, of a text, of seconds or of milliseconds; None where there is none, such as 0000-00-00."""
    if value is None or value == "":
        return None
    if value.__class__ is datetime and value.tzinfo is UTC:
        return _checked(value, field)
    try:
        if isinstance(value, str):
            if "-" not in value[1:]:
                value = float(value)
            elif value[0] == "0" and _ZERO.fullmatch(value):
                return None
            else:
                value = datetime.fromisoformat(value.strip())
        if isinstance(value, datetime):
            aware = value if value.tzinfo is not None else value.replace(tzinfo=zone)
            return _checked(aware, field).astimezone(UTC)
        if isinstance(value, int | float):
            if not value:
                return None
            seconds = value / 1000 if abs(value) >= _MILLISECONDS else value
            return _checked(datetime.fromtimestamp(seconds, UTC), field)
    except (ValueError, OverflowError, OSError):
        pass
    raise Refused(f"{field} is no time: {str(value)[:40]}")


def _checked(moment: datetime, field: str) -> datetime:
    if not checks.FIRST_YEAR <= moment.year <= checks.LAST_YEAR:
        raise Refused(f"{field} is no time: it is in the year {moment.year}.")
    return moment


def needed_instant(value: Any, field: str, zone: tzinfo) -> datetime:
    """`instant`, where there has to be one."""
    found = instant(value, field, zone)
    if found is None:
        raise Refused(f"{field} has no time.")
    return found


def day(value: Any, field: str, zone: tzinfo) -> date | None:
    """A day; of an instant, the day in its time zone."""
    if isinstance(value, str) and len(value) == len("2024-01-01") and not value.startswith("0000"):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise Refused(f"{field} is no day: {value}") from None
    found = instant(value, field, zone)
    return None if found is None else found.astimezone(zone).date()


def listed(value: Any, field: str) -> list[Any]:
    """A list, which relational tables hold as JSON; nothing is an empty one."""
    if value is None or value == "" or value == b"":
        return []
    if isinstance(value, str | bytes):
        try:
            value = orjson.loads(value if isinstance(value, bytes) else value.encode(errors="replace"))
        except orjson.JSONDecodeError:
            raise Refused(f"{field} is no JSON.") from None
        if value is None:
            return []
    if not isinstance(value, list):
        raise Refused(f"{field} is no list.")
    return value


def later(first: datetime | None, second: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """When a row was made and changed: of what is not known, what is; not in the future."""
    created = first or second or now
    limit = now + timedelta(days=1)
    created = created if created <= limit else now
    changed = second if second is not None and created <= second <= limit else created
    return created, changed


def amount(value: Any) -> float:
    """A number to be summed up; 0 for what is none."""
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return 0


def texts(value: Any, field: str, longest: int) -> list[str]:
    """A list of texts, also in JSON, or one text with commas between them."""
    is_plain = isinstance(value, str) and not value.lstrip().startswith("[")
    found = value.replace("，", ",").split(",") if is_plain else listed(value, field)
    named = (text(each, field, max_length=longest) for each in found)
    return list(dict.fromkeys(each for each in named if each))[:MAX_PARTS]

"""Validation of text and number inputs, shared by all domains."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from models.errors import DomainError, InvalidInput

Number = TypeVar("Number", int, float)
FIRST_YEAR, LAST_YEAR = 1900, 9000


def text(value: str, field: str, *, max_length: int, required: bool = True) -> str:
    """The text without surrounding white space, if it is not empty, not too long and can be stored."""
    stripped = value.strip()
    if required and not stripped:
        raise InvalidInput("{field} must not be empty.", field=field)
    if len(stripped) > max_length:
        raise InvalidInput("{field} must not be longer than {maximum} characters.", field=field, maximum=max_length)
    if "\0" in stripped:
        raise InvalidInput("{field} must not contain the NUL character.", field=field)
    try:
        stripped.encode()
    except UnicodeEncodeError:
        raise InvalidInput("{field} must not contain lone surrogates.", field=field) from None
    return stripped


def number(value: Number, field: str, *, minimum: int, maximum: int) -> Number:
    """The number, if it is in the range."""
    if not minimum <= value <= maximum:
        raise InvalidInput(
            "{field} must be between {minimum} and {maximum}.", field=field, minimum=minimum, maximum=maximum
        )
    return value


def instant(value: datetime, field: str) -> datetime:
    """The instant, if it says its offset and is not so far off that other time zones cannot show it."""
    if value.tzinfo is None:
        raise InvalidInput("{field} needs an offset from UTC.", field=field)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise InvalidInput(
            "{field} must be between the years {first_year} and {last_year}.",
            field=field,
            first_year=FIRST_YEAR,
            last_year=LAST_YEAR,
        )
    return value


def given(**values: Any) -> dict[str, Any]:
    """The values that an update gives. Raises InvalidInput where it gives none."""
    changes = {name: value for name, value in values.items() if value is not None}
    if not changes:
        raise InvalidInput("Give at least one value to change.", field="")
    return changes


@contextmanager
def noting(faults: list[DomainError]) -> Iterator[None]:
    """A check of a form: where it raises InvalidInput, that is one more of the faults."""
    try:
        yield
    except InvalidInput as fault:
        faults.append(fault)

"""Validation of text and number inputs, shared by all domains."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from models.errors import DomainError, InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 9000


def text(value: str, name: str, *, max_length: int, required: bool = True, under: tuple[str, ...] = ()) -> str:
    """The text without surrounding white space, if it is not empty, not too long and can be stored.

    `under` is where in the input the field stands.
    """
    stripped = value.strip()
    path = ("input", *under, name)
    if required and not stripped:
        raise InvalidInput(f"{name} must not be empty.", path=path)
    if len(stripped) > max_length:
        raise InvalidInput(f"{name} must not be longer than {max_length} characters.", path=path)
    if "\0" in stripped:
        raise InvalidInput(f"{name} must not contain the NUL character.", path=path)
    try:
        stripped.encode()
    except UnicodeEncodeError:
        raise InvalidInput(f"{name} must not contain lone surrogates.", path=path) from None
    return stripped


def number(value: int, name: str, *, minimum: int, maximum: int, under: tuple[str, ...] = ()) -> int:
    """The number, if it is in the range."""
    if not minimum <= value <= maximum:
        raise InvalidInput(f"{name} must be between {minimum} and {maximum}.", path=("input", *under, name))
    return value


def instant(value: datetime, name: str) -> datetime:
    """The instant, if it says its offset and is not so far off that other time zones cannot show it."""
    path = ("input", name)
    if value.tzinfo is None:
        raise InvalidInput(f"{name} needs an offset from UTC.", path=path)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise InvalidInput(f"{name} must be between the years {FIRST_YEAR} and {LAST_YEAR}.", path=path)
    return value


@contextmanager
def noting(faults: list[DomainError]) -> Iterator[None]:
    """A check of a form: where it raises InvalidInput, that is one more of the faults."""
    try:
        yield
    except InvalidInput as fault:
        faults.append(fault)

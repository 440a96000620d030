"""The entries of a resume: jobs and studies. Keys that the product does not know are kept beside those it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import orjson

from models.errors import InvalidInput
from resolvers import checks

MAX_ENTRIES = 30
MAX_EXTRAS = 2000
"""The bytes that the unknown keys of an entry may take as JSON."""
MAX_DEPTH = 5

Extras = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WorkExperienceDraft:
    """A job that somebody had, as they typed it."""

    company: str
    position: str = ""
    start_time: str = ""
    end_time: str = ""
    salary: str = ""
    description: str = ""
    extras: Extras = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EducationDraft:
    """Where somebody studied, as they typed it."""

    school: str
    degree: str = ""
    major: str = ""
    start_time: str = ""
    end_time: str = ""
    extras: Extras = dataclass_field(default_factory=dict)


# The longest texts of an entry; it must have the first one.
_WORK = {
    "company": 255,
    "position": 255,
    "start_time": 32,
    "end_time": 32,
    "salary": 64,
    "description": 2000,
}
_EDUCATION = {
    "school": 255,
    "degree": 64,
    "major": 255,
    "start_time": 32,
    "end_time": 32,
}


def checked_work_experiences(entries: Sequence[WorkExperienceDraft]) -> list[dict[str, Any]]:
    """The rows of a form's jobs. Raises InvalidInput."""
    return _checked(entries, "work_experiences", _WORK)


def checked_educations(entries: Sequence[EducationDraft]) -> list[dict[str, Any]]:
    """The rows of a form's studies. Raises InvalidInput."""
    return _checked(entries, "educations", _EDUCATION)


def _checked(entries: Sequence[Any], name: str, limits: Mapping[str, int]) -> list[dict[str, Any]]:
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise InvalidInput(
            "{field} must hold between 1 and {maximum} entries.", field=f"resume.{name}", maximum=MAX_ENTRIES
        )
    required = next(iter(limits))
    rows = []
    for number, entry in enumerate(entries):
        under = f"resume.{name}.{number}"
        row: dict[str, Any] = {
            column: checks.text(
                getattr(entry, column), f"{under}.{column}", max_length=limit, required=column == required
            )
            for column, limit in limits.items()
        }
        rows.append({**row, "extras": _checked_extras(entry.extras, f"{under}.extras")})
    return rows


def _checked_extras(extras: Any, field: str) -> dict[str, Any]:
    if not isinstance(extras, Mapping):
        raise InvalidInput("{field} must be an object.", field=field)
    if _depth(extras, MAX_DEPTH) > MAX_DEPTH:
        raise InvalidInput("{field} must not be nested deeper than {maximum} levels.", field=field, maximum=MAX_DEPTH)
    try:
        encoded = orjson.dumps(extras)
    except orjson.JSONEncodeError:
        raise InvalidInput("{field} holds a text or a number that not everybody can read.", field=field) from None
    if len(encoded) > MAX_EXTRAS:
        raise InvalidInput("{field} must not take more than {maximum} bytes.", field=field, maximum=MAX_EXTRAS)
    stored: dict[str, Any] = orjson.loads(encoded)
    return stored


def _depth(value: Any, limit: int) -> int:
    """How deeply a value is nested; it stops counting beyond the limit."""
    if limit < 0 or not isinstance(value, (Mapping, list)):
        return 0
    children = value.values() if isinstance(value, Mapping) else value
    return 1 + max((_depth(child, limit - 1) for child in children), default=0)

"""The entries of a resume: jobs and studies. Unknown keys are stored as `extras`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    extras: Extras = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EducationDraft:
    """Where somebody studied, as they typed it."""

    school: str
    degree: str = ""
    major: str = ""
    start_time: str = ""
    end_time: str = ""
    extras: Extras = field(default_factory=dict)


# The first text of an entry is the one that it must have.
_WORK = {
    "company": ("company", 255),
    "position": ("position", 255),
    "start_time": ("startTime", 32),
    "end_time": ("endTime", 32),
    "salary": ("salary", 64),
    "description": ("description", 2000),
}
_EDUCATION = {
    "school": ("school", 255),
    "degree": ("degree", 64),
    "major": ("major", 255),
    "start_time": ("startTime", 32),
    "end_time": ("endTime", 32),
}


def checked_work_experiences(entries: Sequence[WorkExperienceDraft]) -> list[dict[str, Any]]:
    """The rows of a form's jobs. Raises InvalidInput."""
    return _checked(entries, "workExperiences", _WORK)


def checked_educations(entries: Sequence[EducationDraft]) -> list[dict[str, Any]]:
    """The rows of a form's studies. Raises InvalidInput."""
    return _checked(entries, "educations", _EDUCATION)


def _checked(entries: Sequence[Any], name: str, limits: Mapping[str, tuple[str, int]]) -> list[dict[str, Any]]:
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise InvalidInput(f"{name} must hold between 1 and {MAX_ENTRIES} entries.", path=("input", "resume", name))
    required = next(iter(limits))
    rows = []
    for number, entry in enumerate(entries):
        under = ("resume", name, str(number))
        row: dict[str, Any] = {
            column: checks.text(
                getattr(entry, column), field_name, max_length=limit, required=column == required, under=under
            )
            for column, (field_name, limit) in limits.items()
        }
        rows.append({**row, "extras": _checked_extras(entry.extras, under)})
    return rows


def _checked_extras(extras: Any, under: tuple[str, ...]) -> dict[str, Any]:
    path = ("input", *under, "extras")
    if not isinstance(extras, Mapping):
        raise InvalidInput("extras must be an object.", path=path)
    if _depth(extras, MAX_DEPTH) > MAX_DEPTH:
        raise InvalidInput(f"extras must not be nested deeper than {MAX_DEPTH} levels.", path=path)
    try:
        encoded = orjson.dumps(extras)
    except orjson.JSONEncodeError:
        raise InvalidInput(
            "extras contains a text or a number that JSON cannot represent exactly.", path=path
        ) from None
    if len(encoded) > MAX_EXTRAS:
        raise InvalidInput(f"extras must not take more than {MAX_EXTRAS} bytes.", path=path)
    stored: dict[str, Any] = orjson.loads(encoded)
    return stored


def _depth(value: Any, limit: int) -> int:
    """How deeply a value is nested; it stops counting beyond the limit."""
    if limit < 0 or not isinstance(value, (Mapping, list)):
        return 0
    children = value.values() if isinstance(value, Mapping) else value
    return 1 + max((_depth(child, limit - 1) for child in children), default=0)

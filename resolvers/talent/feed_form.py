"""Validation of a feed's form. All errors are reported together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.errors import DomainError, InvalidForm, InvalidInput
from models.reference import DictionaryKind
from models.talent.vocabulary import JobCategory, TalentLevel
from resolvers import checks, dictionaries
from resolvers.scope import Scope

MIN_SALARY = 1000
MAX_SALARY = 1_000_000
NEGOTIABLE = (0, MAX_SALARY)
"""The salaries that mean 面议."""
MAX_TITLE = 64
MAX_TEXT = 1000
MAX_KEYWORDS = 15
MAX_KEYWORD = 64
MAX_NAMES = 50
"""How many cities, and how many benefits, a feed may offer."""
MAX_NAME = 32

_UNSAID = {"category": JobCategory.FULL_TIME, "accepts_partners": False}


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """What a recruiter typed. `accepts_partners` and `category` None leave what is there."""

    title: str = ""
    job_description: str = ""
    skill_required: str = ""
    salary_min: int = 0
    salary_max: int = 0
    keywords: Sequence[str] = ()
    areas: Sequence[str] = ()
    welfare: Sequence[str] = ()
    levels: Sequence[TalentLevel] = ()
    company_preferences: Sequence[int] = ()
    domains: Sequence[int] = ()
    company_domains: Sequence[int] = ()
    category: JobCategory | None = None
    accepts_partners: bool | None = None


# Of each text, its longest value, and whether it must be there.
_TEXTS = {
    "title": (MAX_TITLE, True),
    "job_description": (MAX_TEXT, True),
    "skill_required": (MAX_TEXT, False),
}
# Of each list, how many it holds and how long each may be, and whether there must be one.
_LISTS = {
    "keywords": (MAX_KEYWORDS, MAX_KEYWORD, True),
    "areas": (MAX_NAMES, MAX_NAME, False),
    "welfare": (MAX_NAMES, MAX_NAME, False),
}
_CHOICES = {
    "company_preferences": DictionaryKind.COMPANY_PREFERENCE,
    "domains": DictionaryKind.JOB_DOMAIN,
    "company_domains": DictionaryKind.JOB_DOMAIN,
}


async def checked(scope: Scope, draft: FeedDraft, *, held: Any = None) -> dict[str, Any]:
    """The columns of a feed. Raises InvalidForm with every fault.

    Entries of dictionaries that are not offered any more may stay where the feed `held` has chosen them.
    """
    faults: list[DomainError] = []
    values: dict[str, Any] = {
        "salary_min": draft.salary_min,
        "salary_max": draft.salary_max,
        "levels": list(dict.fromkeys(draft.levels)),
    }
    for column, (max_length, required) in _TEXTS.items():
        with checks.noting(faults):
            sent = getattr(draft, column)
            values[column] = checks.text(sent, f"feed.{column}", max_length=max_length, required=required)
    with checks.noting(faults):
        _check_salary(draft.salary_min, "salary_min", draft)
    with checks.noting(faults):
        _check_salary(draft.salary_max, "salary_max", draft)
        _check_range(draft.salary_min, draft.salary_max)
    for column, (max_count, max_length, required) in _LISTS.items():
        with checks.noting(faults):
            values[column] = _texts(getattr(draft, column), column, max_count, max_length, required)
    for column, kind in _CHOICES.items():
        with checks.noting(faults):
            values[column] = await _choices(
                scope, kind, getattr(draft, column), column, () if held is None else getattr(held, column)
            )
    if faults:
        raise InvalidForm(faults)
    for column, default in _UNSAID.items():
        said = getattr(draft, column)
        values[column] = said if said is not None else getattr(held, column, default)
    return values


def _check_salary(value: int, name: str, draft: FeedDraft) -> None:
    if (draft.salary_min, draft.salary_max) != NEGOTIABLE:
        checks.number(value, f"feed.{name}", minimum=MIN_SALARY, maximum=MAX_SALARY)


def _check_range(low: int, high: int) -> None:
    if low < MIN_SALARY:  # which was told of the lower one
        return
    if high < low:
        raise InvalidInput("{field} must not be less than {salary_min}.", field="feed.salary_max")
    if high > 2 * low:
        raise InvalidInput("{field} must not be more than twice {salary_min}.", field="feed.salary_max")


def _texts(values: Sequence[str], name: str, max_count: int, max_length: int, required: bool) -> list[str]:
    checked = (checks.text(value, f"feed.{name}", max_length=max_length, required=False) for value in values)
    texts = [text for text in checked if text]
    if required and not texts:
        raise InvalidInput("{field} must not be empty.", field=f"feed.{name}")
    if len(texts) > max_count:
        raise InvalidInput(
            "{field} must not hold more than {maximum} entries.", field=f"feed.{name}", maximum=max_count
        )
    return list(dict.fromkeys(texts))


async def _choices(
    scope: Scope, kind: DictionaryKind, sent: Sequence[int], name: str, held: Sequence[int]
) -> list[int]:
    numbers = list(dict.fromkeys(sent))
    if len(numbers) > dictionaries.MAX_CHOICES:
        raise InvalidInput(
            "{field} must not hold more than {maximum} entries.",
            field=f"feed.{name}",
            maximum=dictionaries.MAX_CHOICES,
        )
    for number in await dictionaries.unknown(scope, kind, numbers, held=held):
        raise InvalidInput("{field}: {number} is not offered.", field=f"feed.{name}", number=number)
    return numbers

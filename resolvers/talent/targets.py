"""Job targets: the desired job of a person, in addition to the resume."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select

from models.errors import InvalidInput, NotFound
from models.identity import CredentialKind
from models.reference import DictionaryKind
from models.signing.resumes import Resume
from models.statements import table_of, upsert
from models.talent.targets import JobTarget, TargetArea
from models.talent.vocabulary import HuntingState, JobCategory, TalentLevel
from resolvers import checks, dictionaries
from resolvers.identity.identifiers import checked_address
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.scope import Scope
from resolvers.signing import resumes
from resolvers.talent import tasks

MAX_SALARY = 1_000_000
"""Yuan a month."""
MAX_YEARS = 60
MAX_AREAS = 10
MAX_AREA = 32
MAX_EVALUATION = 2000

_targets = table_of(JobTarget)
_areas = table_of(TargetArea)
_resumes = table_of(Resume)

_query = select(_targets, _resumes.c.user_id).select_from(
    _targets.join(_resumes, _resumes.c.id == _targets.c.resume_id)
)
of_resumes = by_key(_query, _targets.c.resume_id)
areas_of_resumes = lists_by_foreign_key(select(_areas), _areas.c.resume_id, _areas.c.id)

_DOMAINS = select(_targets.c.domains).where(_targets.c.resume_id == bindparam("of_resume"))
_DELETE = delete(_targets).where(_targets.c.resume_id == bindparam("of_resume"))
_SAVE = upsert(JobTarget, unique=["resume_id"])
_CLEAR_AREAS = delete(_areas).where(_areas.c.resume_id == bindparam("of_resume"))
_ADD_AREAS = insert(_areas)


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """What somebody looks for, as they typed it; None and empty mean that they do not say."""

    level: TalentLevel | None = None
    category: JobCategory | None = None
    hunting_state: HuntingState | None = None
    salary_min: int | None = None
    salary_max: int | None = None
    work_years: int | None = None
    areas: Sequence[str] = ()
    domains: Sequence[int] = ()
    self_evaluation: str = ""
    qq: str = ""
    email: str = ""
    shows_goals: bool = False


async def save(scope: Scope, draft: TargetDraft) -> Row[Any]:
    """Replace what the caller looks for; the row of their resume. Raises NotFound without one, or InvalidInput."""
    areas = _checked_areas(draft.areas)
    resume = await resumes.own(scope)
    held = await scope.transaction.fetch_value(_DOMAINS, {"of_resume": resume.id})
    values = await _checked(scope, draft, held=held or ())
    times = {"created_at": scope.now, "updated_at": scope.now}
    await scope.transaction.execute(_SAVE, {"resume_id": resume.id, **values, **times})
    await scope.transaction.execute(_CLEAR_AREAS, {"of_resume": resume.id})
    if areas:
        rows = [{"resume_id": resume.id, "area": area, **times} for area in areas]
        await scope.transaction.execute_many(_ADD_AREAS, rows)
    await tasks.resume_changed(scope, resume.id)
    return resume


async def remove(scope: Scope) -> Row[Any]:
    """Forget what the caller looks for; the row of their resume. Raises NotFound without either."""
    resume = await resumes.own(scope)
    if not await scope.transaction.execute(_DELETE, {"of_resume": resume.id}):
        raise NotFound("You have not stated a desired job.")
    await scope.transaction.execute(_CLEAR_AREAS, {"of_resume": resume.id})
    await tasks.resume_changed(scope, resume.id)
    return resume


async def _checked(scope: Scope, draft: TargetDraft, *, held: Collection[int]) -> dict[str, Any]:
    low, high = _salary(draft.salary_min, "salary_min"), _salary(draft.salary_max, "salary_max")
    if low is not None and high is not None and low > high:
        raise InvalidInput("{field} must not be less than {salary_min}.", field="salary_max")
    years = draft.work_years
    domains = list(dict.fromkeys(draft.domains))
    if len(domains) > dictionaries.MAX_CHOICES:
        raise InvalidInput(
            "{field} must not hold more than {maximum} entries.", field="domains", maximum=dictionaries.MAX_CHOICES
        )
    if unknown := await dictionaries.unknown(scope, DictionaryKind.JOB_DOMAIN, domains, held=held):
        raise InvalidInput("{field}: {number} is not offered.", field="domains", number=unknown[0])
    email = draft.email.strip()
    qq = checks.text(draft.qq, "qq", max_length=16, required=False)
    if qq and not (qq.isascii() and qq.isdigit()):
        raise InvalidInput("{field} must be a number.", field="qq")
    return {
        "level": draft.level,
        "category": draft.category,
        "hunting_state": draft.hunting_state,
        "salary_min": low,
        "salary_max": high,
        "work_years": None if years is None else checks.number(years, "work_years", minimum=0, maximum=MAX_YEARS),
        "domains": domains,
        "self_evaluation": checks.text(
            draft.self_evaluation, "self_evaluation", max_length=MAX_EVALUATION, required=False
        ),
        "qq": qq,
        "email": checked_address(CredentialKind.EMAIL, email, field="email") if email else "",
        "shows_goals": draft.shows_goals,
    }


def _salary(value: int | None, name: str) -> int | None:
    return None if value is None else checks.number(value, name, minimum=0, maximum=MAX_SALARY)


def _checked_areas(areas: Sequence[str]) -> list[str]:
    if len(areas) > MAX_AREAS:
        raise InvalidInput("{field} must not hold more than {maximum} cities.", field="areas", maximum=MAX_AREAS)
    return list(dict.fromkeys(checks.text(area, "areas", max_length=MAX_AREA) for area in areas))

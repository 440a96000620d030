"""Candidates: resumes as recruiters see them.

A recruiter sees the public resumes that a feed of theirs was recommended, those they watch, and those whose
contact they acquired. How to reach somebody is read by statements of its own, which ask for the acquisition.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, exists, or_, select

from models.goals import EmploymentGoal
from models.identity import User
from models.instants import day_of
from models.platform.certification import Award, Certification, CertificationKind, Education, ReviewStatus
from models.signing.applications import SignApplication, SignApplicationStatus
from models.signing.resumes import Resume, ResumeVisibility
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import AcquiredContact, Recommendation, WatchedResume
from models.talent.targets import JobTarget
from resolvers.attendance import SHANGHAI
from resolvers.identity import users
from resolvers.loaders import by_key, lists_by_foreign_key
from resolvers.scope import Scope
from resolvers.signing import resumes
from resolvers.signing.visibility import is_present, viewer_is_administrator
from resolvers.talent import periods

_resumes = table_of(Resume)
_targets = table_of(JobTarget)
_feeds = table_of(Feed)
_recommendations = table_of(Recommendation)
_watched = table_of(WatchedResume)
_acquired = table_of(AcquiredContact)
_certifications = table_of(Certification)
_awards = table_of(Award)
_educations = table_of(Education)
_goals = table_of(EmploymentGoal)
_users = table_of(User)
_applications = table_of(SignApplication)
_viewer: Any = bindparam("viewer_id")

is_public: ColumnElement[bool] = and_(_resumes.c.visibility == ResumeVisibility.PUBLIC, is_present)
"""Whether a row of `resumes` may be recommended."""
_is_recommended = exists().where(
    _recommendations.c.resume_id == _resumes.c.id,
    _recommendations.c.feed_id == _feeds.c.id,
    _feeds.c.user_id == _viewer,
    _feeds.c.deleted_at.is_(None),
)
_is_watched = exists().where(_watched.c.resume_id == _resumes.c.id, _watched.c.user_id == _viewer)
_is_acquired = exists().where(_acquired.c.resume_id == _resumes.c.id, _acquired.c.user_id == _viewer)
is_visible = and_(
    is_present, or_(viewer_is_administrator, and_(is_public, or_(_is_recommended, _is_acquired)), _is_watched)
)

is_signed: ColumnElement[bool] = exists().where(
    _applications.c.user_id == _resumes.c.user_id, _applications.c.status == SignApplicationStatus.SIGNED
)
"""Whether the person of a row of `resumes` signed a contract."""

# Neither name nor phone, id number or exact address, and of times the day: what is not selected cannot be shown.
candidate_columns = (
    _resumes.c.id,
    day_of(_resumes.c.created_at).label("created_at"),
    day_of(_resumes.c.updated_at).label("updated_at"),
    _resumes.c.user_id,
    _resumes.c.age,
    _resumes.c.gender,
    _resumes.c.position,
    _resumes.c.visibility,
    _resumes.c.current_province_name.label("province"),
    _resumes.c.current_city_name.label("city"),
    is_signed.label("is_signed"),
)
by_id = by_key(select(*candidate_columns).where(is_visible), _resumes.c.id)

_reachable = (
    select(
        _acquired.c.resume_id,
        _acquired.c.created_at.label("acquired_at"),
        _resumes.c.name,
        _resumes.c.phone,
        _targets.c.qq,
        _targets.c.email,
    )
    .select_from(
        _acquired.join(_resumes, _resumes.c.id == _acquired.c.resume_id).outerjoin(
            _targets, _targets.c.resume_id == _resumes.c.id
        )
    )
    .where(_acquired.c.user_id == _viewer, is_public)
)
contacts_of_resumes = by_key(_reachable, _acquired.c.resume_id)
people_of_resumes = by_key(
    users.user_query.add_columns(_acquired.c.resume_id).where(
        _acquired.c.user_id == _viewer,
        _resumes.c.id == _acquired.c.resume_id,
        _users.c.id == _resumes.c.user_id,
        is_public,
    ),
    _acquired.c.resume_id,
)

_approved = _certifications.c.status == ReviewStatus.APPROVED
certifications_of_users = lists_by_foreign_key(
    select(
        _certifications.c.user_id,
        _certifications.c.kind,
        day_of(_certifications.c.reviewed_at).label("reviewed_at"),
    ).where(_approved),
    _certifications.c.user_id,
    _certifications.c.id,
)
awards_of_users = lists_by_foreign_key(
    select(_awards.c.user_id, _awards.c.competition, _awards.c.level_id)
    .select_from(_awards.join(_certifications, _certifications.c.id == _awards.c.certification_id))
    .where(_approved),
    _awards.c.user_id,
    _awards.c.id,
)
educations_of_users = by_key(
    select(_educations.c.user_id, _educations.c.institution, _educations.c.level_id).where(
        exists().where(
            _certifications.c.user_id == _educations.c.user_id,
            _certifications.c.kind == CertificationKind.REAL_NAME,
            _approved,
        )
    ),
    _educations.c.user_id,
)
goals_of_resumes = by_key(
    select(_goals, _targets.c.resume_id)
    .select_from(
        _targets.join(_resumes, _resumes.c.id == _targets.c.resume_id).join(
            _goals, _goals.c.user_id == _resumes.c.user_id
        )
    )
    .where(_targets.c.shows_goals),
    _targets.c.resume_id,
)


async def jobs_of_resumes(scope: Scope, keys: Sequence[int]) -> Sequence[Sequence[Row[Any]]]:
    """Where people worked, the latest first; those without a readable beginning last."""
    return [_latest_first(jobs) for jobs in await resumes.work_experiences_of_resumes(scope, keys)]


async def studies_of_resumes(scope: Scope, keys: Sequence[int]) -> Sequence[Sequence[Row[Any]]]:
    """Where people studied, the latest first; those without a readable beginning last."""
    return [_latest_first(studies) for studies in await resumes.educations_of_resumes(scope, keys)]


def today(scope: Scope) -> date:
    """The day in Shanghai."""
    return scope.now.astimezone(SHANGHAI).date()


def started_on(entry: Any) -> date | None:
    """The first day of the month in which a job or study began, if it can be read."""
    return periods.parsed(entry.start_time)


def ended_on(entry: Any) -> date | None:
    """The first day of the month in which a job or study ended; None while it lasts or where nobody knows."""
    return None if periods.is_lasting(entry.end_time) else periods.parsed(entry.end_time)


def has_unreadable_dates(entry: Any) -> bool:
    """Whether something stands where a job's beginning or end should, and cannot be read."""
    return bool(entry.start_time.strip() or entry.end_time.strip()) and not periods.is_readable(
        entry.start_time, entry.end_time
    )


def months_of(scope: Scope, entry: Any) -> int:
    """How many months a job lasted, until today where it has no end; 0 where nobody knows."""
    return periods.months(entry.start_time, entry.end_time, today=today(scope))


def years_of(scope: Scope, stated: int | None, jobs: Sequence[Any]) -> int:
    """The whole years that somebody has worked: as they say, or else since their first job whose dates are readable."""
    if stated is not None:
        return stated
    readable = [job for job in jobs if periods.is_readable(job.start_time, job.end_time)]
    first = min(readable, key=lambda job: started_on(job) or date.max, default=None)
    return 0 if first is None else periods.months(first.start_time, "", today=today(scope)) // 12


def _latest_first(entries: Sequence[Row[Any]]) -> list[Row[Any]]:
    return sorted(entries, key=lambda entry: started_on(entry) or date.min, reverse=True)

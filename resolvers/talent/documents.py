"""Converts resumes and feeds to the input of matching."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select

from models.reference import DictionaryKind
from models.signing.resumes import Resume
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.targets import JobTarget
from models.talent.vocabulary import TalentLevel
from resolvers import dictionaries
from resolvers.matching.documents import FeedDocument, JobDocument, ResumeDocument, StudyDocument
from resolvers.scope import Scope
from resolvers.signing import resumes
from resolvers.talent import candidates, targets
from resolvers.talent.feed_form import NEGOTIABLE

_resumes = table_of(Resume)
_targets = table_of(JobTarget)
_feeds = table_of(Feed)

_RESUMES = (
    select(
        _resumes.c.id,
        _resumes.c.user_id,
        _resumes.c.position,
        _resumes.c.current_city_name,
        _resumes.c.current_province_name,
        _targets.c.level,
        _targets.c.salary_min,
        _targets.c.salary_max,
        _targets.c.work_years,
        _targets.c.domains,
        _targets.c.self_evaluation,
    )
    .select_from(_resumes.outerjoin(_targets, _targets.c.resume_id == _resumes.c.id))
    .where(_resumes.c.id.in_(bindparam("keys", expanding=True)), candidates.is_public)
)
_FEEDS = select(_feeds).where(_feeds.c.id.in_(bindparam("keys", expanding=True)), _feeds.c.deleted_at.is_(None))


async def resume_documents(scope: Scope, resume_ids: Sequence[int]) -> dict[int, ResumeDocument]:
    """The documents of the resumes that recruiters may be recommended."""
    rows = await scope.fetch(_RESUMES, {"keys": list(resume_ids)})
    ids, user_ids = [row.id for row in rows], [row.user_id for row in rows]
    if not ids:
        return {}
    domains = await _names(scope, DictionaryKind.JOB_DOMAIN)
    jobs = await resumes.work_experiences_of_resumes(scope, ids)
    studies = await resumes.educations_of_resumes(scope, ids)
    areas = await targets.areas_of_resumes(scope, ids)
    awards = await candidates.awards_of_users(scope, user_ids)
    return {
        row.id: ResumeDocument(
            resume_id=row.id,
            today=candidates.today(scope),
            position=row.position,
            self_evaluation=row.self_evaluation or "",
            jobs=[_job(job) for job in jobs[index]],
            studies=[StudyDocument(study.school, study.major, study.degree) for study in studies[index]],
            level=TalentLevel(row.level) if row.level else None,
            years=row.work_years,
            salary_min=row.salary_min,
            salary_max=row.salary_max,
            current_area=_city(row),
            areas=[area.area for area in areas[index]],
            domains=_chosen(domains, row.domains),
            certificates=[award.competition for award in awards[index]],
        )
        for index, row in enumerate(rows)
    }


async def feed_documents(scope: Scope, feed_ids: Sequence[int]) -> dict[int, FeedDocument]:
    """The documents of the feeds that are not deleted."""
    rows = await scope.fetch(_FEEDS, {"keys": list(feed_ids)})
    if not rows:
        return {}
    domains = await _names(scope, DictionaryKind.JOB_DOMAIN)
    preferences = await _names(scope, DictionaryKind.COMPANY_PREFERENCE)
    return {row.id: _feed(row, domains, preferences) for row in rows}


def _feed(row: Row[Any], domains: Mapping[int, str], preferences: Mapping[int, str]) -> FeedDocument:
    is_negotiable = (row.salary_min, row.salary_max) == NEGOTIABLE
    return FeedDocument(
        feed_id=row.id,
        title=row.title,
        keywords=row.keywords,
        job_description=row.job_description,
        skill_required=row.skill_required,
        salary_min=None if is_negotiable else row.salary_min,
        salary_max=None if is_negotiable else row.salary_max,
        levels=[TalentLevel(level) for level in row.levels],
        areas=row.areas,
        company_preferences=_chosen(preferences, row.company_preferences),
        domains=_chosen(domains, row.domains),
    )


def _job(row: Row[Any]) -> JobDocument:
    return JobDocument(
        company=row.company,
        position=row.position,
        description=row.description,
        start=candidates.started_on(row),
        end=candidates.ended_on(row),
        has_readable_dates=not candidates.has_unreadable_dates(row),
    )


def _city(row: Row[Any]) -> str:
    """The city; of a municipality, which has none beside itself, the province."""
    city: str = row.current_city_name
    return str(row.current_province_name) if city in {"", "市辖区", "县"} else city


def _chosen(names: Mapping[int, str], numbers: Sequence[int] | None) -> list[str]:
    return [names[number] for number in numbers or () if number in names]


async def _names(scope: Scope, kind: DictionaryKind) -> dict[int, str]:
    return {row.number: row.name for row in await dictionaries.entries(scope, kind=kind, include_disabled=True)}

"""The database that the whole path is measured with: resumes, and feeds whose recommendations are full."""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import bindparam, insert, select

from benchmarks.data import add_rows, user_row, with_services
from benchmarks.matching.speed import DIFFERENT, feeds, resumes, stored
from models.db import Transaction
from models.identity import User
from models.reference import DictionaryKind
from models.settings import Environment, Settings
from models.signing.resumes import (
    MaritalStatus,
    PoliticalStatus,
    Resume,
    ResumeEducation,
    ResumeVisibility,
    WorkExperience,
)
from models.statements import table_of
from models.talent.feeds import Feed
from models.talent.recommendations import Recommendation, ResumeProfile
from models.talent.recruiters import MembershipStatus, Package, Recruiter
from models.talent.targets import JobTarget, TargetArea
from resolvers import dictionaries
from resolvers.matching.documents import FeedDocument, ResumeDocument
from resolvers.matching.engine import Engine, compile_feed
from resolvers.matching.profile import Profile
from resolvers.scope import Scope, Services
from resolvers.startup import prepare
from resolvers.talent import feed_form, matches
from resolvers.talent.feed_form import FeedDraft

RECRUITERS = 20
PACKAGE = 1000
LIFETIME = timedelta(days=30)
COPIED: Mapping[type, Collection[str]] = {
    User: ("id",),
    Resume: ("id", "user_id"),
    JobTarget: ("resume_id",),
    TargetArea: ("resume_id",),
    WorkExperience: ("resume_id",),
    ResumeEducation: ("resume_id",),
    Recommendation: ("resume_id",),
}
"""What the same resumes under other ids consist of, and the columns that hold these ids, which begin with 1."""

Numbers = Mapping[str, int]
Rows = dict[type, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Dictionaries:
    """The numbers of the names that forms offer."""

    domains: Numbers
    preferences: Numbers


def settings_in(folder: Path) -> Settings:
    """Those of a production server whose data lie in a folder."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        environment=Environment.PRODUCTION,
        data_dir=folder,
        database_url="",
        redis_url="",
        secret_key=SecretStr(secrets.token_hex(32)),
    )


def fill(folder: Path, size: int, feed_count: int, profiles: Path) -> None:
    """Make a database of that many resumes and active feeds; beyond DIFFERENT, the resumes come again.

    Their profiles are those that `speed.store` wrote.
    """
    settings = settings_in(folder)

    async def run(services: Services) -> None:
        await prepare(services, settings)
        scope = Scope(services, now=services.clock())
        known = await dictionaries_of(scope)
        async with scope.begin():
            await _fill(scope, known, size, feed_count, profiles)

    with_services(settings, run)


async def dictionaries_of(scope: Scope) -> Dictionaries:
    """What the database offers."""

    async def numbers(kind: DictionaryKind) -> Numbers:
        return {row.name: row.number for row in await dictionaries.entries(scope, kind=kind)}

    return Dictionaries(
        await numbers(DictionaryKind.JOB_DOMAIN),
        await numbers(DictionaryKind.COMPANY_PREFERENCE),
    )


async def _fill(scope: Scope, known: Dictionaries, size: int, feed_count: int, profiles: Path) -> None:
    times = {"created_at": scope.now, "updated_at": scope.now}
    transaction = scope.transaction
    different = min(size, DIFFERENT)
    engine, rows = Engine(), Rows()
    for resume, content in zip(islice(resumes(), different), stored(profiles), strict=False):
        engine.put(Profile.loads(content))
        for model, of_resume in {**_person(resume), **rows_of_resume(resume, known)}.items():
            rows.setdefault(model, []).extend(of_resume)
    recruiters = range(size + 1, size + RECRUITERS + 1)
    rows[User] += [user_row(user_id) for user_id in recruiters]
    rows |= _offices(recruiters, scope)
    offers = feeds(feed_count)
    rows[Feed] = [
        {**_feed(offer, known), "id": offer.feed_id, "user_id": user_id, "package_id": user_id - size, **_seen(scope)}
        for offer, user_id in zip(offers, _in_turns(recruiters), strict=False)
    ]
    for model, made in rows.items():
        await add_rows(transaction, model, ({**times, **row} for row in made))
    # The best of all are the copies of the best.
    kept = matches.KEPT * different // size
    for offer in offers:
        found = engine.find(compile_feed(offer), kept)
        await matches.replace_of_feed(scope, offer.feed_id, found.matches, found.hints)
        scope.after_commit.clear()
    for first in range(different, size, different):
        await _copy(transaction, first, size)
    contents = ({"resume_id": number, "content": content} for number, content in enumerate(stored(profiles), 1))
    await add_rows(transaction, ResumeProfile, ({**times, **row} for row in contents))


async def _copy(transaction: Transaction, offset: int, size: int) -> None:
    """The first resumes again, under ids that are larger by the offset."""
    for model, shifted in COPIED.items():
        table = table_of(model)
        names = [column.name for column in table.columns if column.name != "id" or "id" in shifted]
        copies = select(*(table.c[name] + bindparam("offset") if name in shifted else table.c[name] for name in names))
        owner = table.c[next(iter(shifted))]
        first = copies.where(owner <= bindparam("last")).order_by(table.c.id)
        await transaction.execute(
            insert(table).from_select(names, first), {"offset": offset, "last": min(DIFFERENT, size - offset)}
        )


def rows_of_resume(resume: ResumeDocument, known: Dictionaries) -> Rows:
    """The rows of a resume beside its own: what its owner looks for, and where they worked and studied."""
    of_resume = {"resume_id": resume.resume_id}
    target = {
        "level": resume.level,
        "salary_min": resume.salary_min,
        "salary_max": resume.salary_max,
        "work_years": resume.years,
        "domains": _numbers(known.domains, resume.domains),
        "self_evaluation": resume.self_evaluation,
    }
    jobs = [
        {
            "company": job.company,
            "position": job.position,
            "description": job.description,
            "start_time": _month(job.start),
            "end_time": _month(job.end),
        }
        for job in resume.jobs
    ]
    studies = [{"school": study.school, "major": study.major, "degree": study.degree} for study in resume.studies]
    return {
        JobTarget: [{**of_resume, **target}],
        TargetArea: [{**of_resume, "area": area} for area in resume.areas],
        WorkExperience: [{**of_resume, **job} for job in jobs],
        ResumeEducation: [{**of_resume, **study} for study in studies],
    }


def draft_of(offer: FeedDocument, known: Dictionaries) -> FeedDraft:
    """The feed as a recruiter types it, who has to name a keyword."""
    return FeedDraft(**_feed(replace(offer, keywords=offer.keywords or (offer.title,)), known))


def _feed(offer: FeedDocument, known: Dictionaries) -> dict[str, Any]:
    low, high = feed_form.NEGOTIABLE
    return {
        "title": offer.title,
        "keywords": list(offer.keywords),
        "job_description": offer.job_description or offer.title,
        "skill_required": offer.skill_required,
        "salary_min": low if offer.salary_min is None else offer.salary_min,
        "salary_max": high if offer.salary_max is None else offer.salary_max,
        "levels": list(offer.levels),
        "areas": list(offer.areas),
        "company_preferences": _numbers(known.preferences, offer.company_preferences),
        "domains": _numbers(known.domains, offer.domains),
    }


def _seen(scope: Scope) -> dict[str, Any]:
    return {"viewed_at": scope.now, "calculated_at": scope.now}


def _person(resume: ResumeDocument) -> Rows:
    own = {
        "id": resume.resume_id,
        "user_id": resume.resume_id,
        "name": "某人",
        "phone": "13800000000",
        "encrypted_id_number": b"",
        "id_number_lookup": "",
        "marital_status": MaritalStatus.SINGLE,
        "political_status": PoliticalStatus.MASSES,
        "household_type": "urban",
        "current_city_name": resume.current_area,
        "position": resume.position,
        "visibility": ResumeVisibility.PUBLIC,
    }
    return {User: [user_row(resume.resume_id)], Resume: [own]}


def _offices(recruiters: Sequence[int], scope: Scope) -> Rows:
    package = {"name": "年度", "feeds": PACKAGE, "contacts": PACKAGE, "expires_at": scope.now + LIFETIME}
    return {
        Recruiter: [{"user_id": user_id, "membership": MembershipStatus.APPROVED} for user_id in recruiters],
        Package: [{"id": place, "user_id": user_id, **package} for place, user_id in enumerate(recruiters, 1)],
    }


def _numbers(known: Numbers, names: Collection[str]) -> list[int]:
    return [known[name] for name in names if name in known]


def _month(day: date | None) -> str:
    return "" if day is None else f"{day:%Y-%m}"


def _in_turns(items: Sequence[Any]) -> Iterator[Any]:
    while True:
        yield from items

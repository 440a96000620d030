"""The HR system: recruiters with their companies, resumes, feeds, recommendations with marks and comments, watch lists.

Its ids are object ids, which go on to stand for what they became.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from models import texts
from models.errors import DomainError
from models.identity import CredentialKind, Role, User
from models.signing.companies import COMPANY_NAME, Company
from models.signing.resumes import Gender, HouseholdType, MaritalStatus, PoliticalStatus, ResumeVisibility
from models.statements import insert_new, table_of
from models.talent.feeds import Feed
from models.talent.recruiters import MembershipStatus, Recruiter
from models.talent.targets import JobTarget, TargetArea
from models.talent.vocabulary import TalentLevel
from resolvers.identity.identifiers import checked_address
from resolvers.identity.registration import NAME
from resolvers.legacy import people, resumes, values
from resolvers.legacy.batch import Batch, Row
from resolvers.legacy.kind import Kind
from resolvers.legacy.kinds import hr_recommendations
from resolvers.legacy.people import Person
from resolvers.legacy.resumes import choice
from resolvers.signing.drafts import ResumeDraft
from resolvers.talent import tasks
from resolvers.talent.feed_form import FeedDraft, checked

_users, _feeds, _companies = table_of(User), table_of(Feed), table_of(Company)
_targets, _areas = table_of(JobTarget), table_of(TargetArea)
_NAMED = select(_companies.c.id, _companies.c.name).where(_companies.c.name.in_(bindparam("keys", expanding=True)))
_ADD_COMPANY = insert_new(Company, unique=["name"])
_ADD_RECRUITER = insert_new(Recruiter, unique=["user_id"])
_TIMES = frozenset({"created_at", "updated_at"})


async def move_recruiters(batch: Batch) -> None:
    """Recruiters, who sign in with their e-mail addresses and speak for the companies that they named."""

    def recruiter(row: Row) -> tuple[Person, str, str]:
        fields = row.fields
        address = checked_address(CredentialKind.EMAIL, values.text(fields["email"], "email", max_length=255))
        person = Person(
            name=values.text(fields.get("name"), "name", max_length=64, normal=texts.name) or NAME,
            identifiers=[(CredentialKind.EMAIL, address)],
            **people.password(fields.get("password"), None),
            **batch.times(row),
        )
        company = values.text(fields["company_name"], "company_name", max_length=COMPANY_NAME, required=True)
        return person, company, values.text(fields.get("phone"), "phone", max_length=32, normal=texts.phone)

    rows = batch.converted(recruiter)
    await people.move(batch, [(row, person) for row, (person, _company, _phone) in rows])
    there = [(row, company, phone) for row, (_person, company, phone) in rows if row.new_id is not None]
    if not there:
        return
    companies = await _company_ids(batch, sorted({company for _row, company, _phone in there}))
    await batch.scope.transaction.execute_many(
        _ADD_RECRUITER,
        [
            {
                "user_id": row.new_id,
                "company_id": companies[company],
                "membership": MembershipStatus.APPROVED,
                "phone": phone,
                "approved_at": batch.now,
                **batch.times(row),
            }
            for row, company, phone in there
        ],
    )
    await people.grant(batch, Role.RECRUITER, [row.new_id for row, *_rest in there if row.new_id is not None])


async def _company_ids(batch: Batch, names: Sequence[str]) -> Mapping[str, int]:
    """The companies of these names; a new one takes no sign applications until an administrator enables it."""
    times = {"created_at": batch.now, "updated_at": batch.now}
    await batch.scope.transaction.execute_many(
        _ADD_COMPANY, [{"name": name, "enabled": False, **times} for name in names]
    )
    rows = await batch.scope.transaction.fetch(_NAMED, {"keys": names})
    return {row.name: row.id for row in rows}


async def move_resumes(batch: Batch) -> None:
    """Resumes, each with a user of its own, who is known by nothing else."""

    def resume(row: Row) -> tuple[Person, ResumeDraft]:
        fields = row.fields
        name = values.text(fields["name"], "name", max_length=16, required=True, normal=texts.name)
        draft = ResumeDraft(
            name=name,
            phone=resumes.phone(fields["phone"]),
            id_number="",
            marital_status=choice(fields["marital_status"], MaritalStatus, "marital_status"),
            political_status=choice(fields["political_status"], PoliticalStatus, "political_status"),
            household_type=choice(fields["household_type"], HouseholdType, "household_type"),
            work_experiences=resumes.jobs(_named(batch.entries(row, "works", "works"), _WORKS)),
            educations=resumes.studies(batch.entries(row, "educations", "educations")),
            age=values.whole(fields.get("age") or 0, "age"),
            gender=choice(fields.get("gender") or Gender.UNKNOWN, Gender, "gender"),
            current_address=resumes.address({"current_city": fields.get("address")}, "current"),
            position=values.text(fields.get("position"), "position", max_length=16),
            visibility=choice(fields.get("visibility") or ResumeVisibility.SECRET, ResumeVisibility, "visibility"),
        )
        resumes.check_parts(draft)
        resumes.columns(batch, row, draft, owner_id=0, id_number="", company_id=None)
        _target(row)
        return Person(name=name, identifiers=(), **batch.times(row)), draft

    rows = batch.converted(resume)
    drafts = {id(row): draft for row, (_person, draft) in rows}
    owners = await people.behind(batch, [(row, person) for row, (person, _draft) in rows])
    found = [
        (
            row,
            resumes.columns(batch, row, drafts[id(row)], owner_id=owner_id, id_number="", company_id=None),
            drafts[id(row)],
        )
        for row, owner_id in owners
    ]
    await resumes.add(batch, found)
    there = [(row, _target(row), batch.times(row)) for row, _columns, _draft in found if row.new_id is not None]
    await batch.add(_targets, [{"resume_id": row.new_id, **target, **times} for row, (target, _), times in there])
    await batch.add(
        _areas,
        [{"resume_id": row.new_id, "area": area, **times} for row, (_, areas), times in there for area in areas],
    )


def _target(row: Row) -> tuple[dict[str, Any], list[str]]:
    """What somebody wishes: the columns of a job target, and the cities."""
    fields = row.fields
    years = fields.get("work_years")
    target: dict[str, Any] = {
        "work_years": None if years in (None, "") else values.whole(years, "work_years", maximum=80),
        "self_evaluation": values.text(fields.get("self_evaluation"), "self_evaluation", max_length=5000),
        "qq": values.text(fields.get("qq"), "qq", max_length=16),
        "email": values.text(fields.get("email"), "email", max_length=255),
        "level": None,
        "category": None,
        "hunting_state": None,
        "salary_min": None,
        "salary_max": None,
        "domains": [],
        "shows_goals": False,
    }
    return target, values.texts(fields.get("areas"), "areas", 32)


async def move_feeds(batch: Batch) -> None:
    """Feeds of recruiters; their recommendations are computed anew, beside those that are moved in."""
    rows: list[tuple[Row, Mapping[str, Any]]] = []
    for row, (owner_id, draft) in batch.converted(lambda row: _feed(batch, row)):
        try:
            columns = await checked(batch.scope, draft)
        except DomainError as error:
            batch.refuse(row, str(error))
            continue
        times = batch.times(row)
        own = {"user_id": owner_id, "package_id": None, "viewed_at": times["updated_at"], "listed_at": None}
        unknown = {"calculated_at": None, "loosening_hints": None, "deleted_at": None}
        rows.append((row, {**own, **columns, **unknown, **times}))
    await batch.assign([row for row, _columns in rows], _feeds)
    await batch.add(_feeds, [{"id": row.new_id, **columns} for row, columns in rows])
    if rows:
        await tasks.feeds_changed(batch.scope, [row.new_id for row, _columns in rows if row.new_id is not None])


def _feed(batch: Batch, row: Row) -> tuple[int, FeedDraft]:
    fields = row.fields
    levels = [_LEVELS.get(level, level) for level in values.texts(fields.get("levels"), "levels", 32)]
    return batch.reference(_users, fields["user"], "The recruiter"), FeedDraft(
        title=values.text(fields["title"], "title", max_length=255, required=True),
        job_description=values.text(fields["job_description"], "job_description", max_length=20_000),
        skill_required=values.text(fields.get("skill_required"), "skill_required", max_length=20_000),
        salary_min=values.whole(fields.get("salary_min") or 0, "salary_min"),
        salary_max=values.whole(fields.get("salary_max") or 1_000_000, "salary_max"),
        keywords=values.texts(fields.get("keywords"), "keywords", 255),
        areas=values.texts(fields.get("areas"), "areas", 255),
        welfare=values.texts(fields.get("welfare"), "welfare", 255),
        levels=[choice(level, TalentLevel, "levels") for level in levels],
    )


_WORKS = {"compnay_name": "company", "company_name": "company", "position_title": "position"}
"""What the entries of works call what the product's form calls otherwise; the first is how the system spelled it."""
_LEVELS = {
    "初级": TalentLevel.JUNIOR,
    "中级": TalentLevel.INTERMEDIATE,
    "高级": TalentLevel.SENIOR,
    "专家": TalentLevel.EXPERT,
}


def _named(entries: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [{names.get(name, name): value for name, value in entry.items()} for entry in entries]


KINDS = (
    Kind(
        "recruiters",
        _users,
        frozenset({"id", "email", "company_name"}),
        _TIMES | {"password", "name", "phone"},
        move_recruiters,
    ),
    Kind(
        "resumes",
        resumes.resumes,
        frozenset({"id", "name", "phone", "marital_status", "political_status", "household_type"}),
        _TIMES
        | {"gender", "age", "address", "position", "visibility", "works", "educations", "work_years"}
        | {"self_evaluation", "qq", "email", "areas"},
        move_resumes,
    ),
    Kind(
        "feeds",
        _feeds,
        frozenset({"id", "user", "title", "job_description"}),
        _TIMES | {"skill_required", "salary_min", "salary_max", "keywords", "areas", "welfare", "levels"},
        move_feeds,
        {"user": _users},
        (lambda fields: values.amount(fields.get("salary_min")), "salary_min"),
    ),
    Kind(
        "recommendations",
        hr_recommendations.recommendations,
        frozenset({"id", "feed", "resume"}),
        _TIMES | {"score", "keywords", "displayed_at", "is_read", "sent", "by_partner", "marks", "comments"},
        hr_recommendations.move_recommendations,
        {"feed": _feeds, "resume": resumes.resumes},
    ),
    Kind(
        "watches",
        hr_recommendations.watched,
        frozenset({"id", "user", "feed", "resume"}),
        _TIMES,
        hr_recommendations.move_watches,
        {"user": _users, "feed": _feeds, "resume": resumes.resumes},
    ),
)

"""Resumes as recruiters see them."""

import datetime
from typing import Any, cast

from strawberry.scalars import JSON

from auth.policies import signed_in, with_parent
from models.goals import EmploymentStatus
from models.platform.certification import CertificationKind
from models.signing.resumes import Gender, ResumeVisibility
from resolvers import dictionaries
from resolvers.platform.awards import MAX_AWARDS
from resolvers.signing.entries import MAX_ENTRIES
from resolvers.talent import candidates, targets
from schema.engine.context import Info
from schema.engine.fields import column, link, list_link, resolved
from schema.engine.types import Node, node_type, value_type
from schema.identity.user import User
from schema.reference import DictionaryEntry
from schema.talent.targets import JobTarget


@value_type(description="A former or current job of a candidate.", policy=with_parent)
class CandidateJob:
    """A row of `resume_work_experiences`."""

    company: str = column("The employer.")
    position: str = column("The position.")
    description: str = column("The description of the job.")
    salary: str = column("The salary, as typed.")
    start_time: str = column("The start, as typed.")
    end_time: str = column("The end, as typed.")
    extras: JSON = column("Additional data of the resume about it.")

    @resolved("The first day of the month in which it began; null if the text could not be parsed.")
    def started_on(self) -> datetime.date | None:
        """Out of `startTime`."""
        return candidates.started_on(self)

    @resolved("The first day of the month in which it ended; null if it has not ended or the text could not be parsed.")
    def ended_on(self) -> datetime.date | None:
        """Out of `endTime`."""
        return candidates.ended_on(self)

    @resolved("The duration in months, until today if it has no end; 0 if the text could not be parsed.")
    def months(self, info: Info) -> int:
        """Both months counted."""
        return candidates.months_of(info.context.scope, self)


@value_type(description="An education of a candidate.", policy=with_parent)
class CandidateStudy:
    """A row of `resume_educations`."""

    school: str = column("The school.")
    degree: str = column("A key of the dictionary EDUCATION, or a text.")
    major: str = column("The major.")
    start_time: str = column("The start, as typed.")
    end_time: str = column("The end, as typed.")

    @resolved("The degree as text.")
    async def degree_name(self, info: Info) -> str:
        """The entry's name where it is a key."""
        entry = await info.context.load(dictionaries.educations_by_key, self.degree)
        return self.degree if entry is None else str(entry.name)

    @resolved("The first day of the month in which it began; null if the text could not be parsed.")
    def started_on(self) -> datetime.date | None:
        """Out of `startTime`."""
        return candidates.started_on(self)

    @resolved("The first day of the month in which it ended; null if it has not ended or the text could not be parsed.")
    def ended_on(self) -> datetime.date | None:
        """Out of `endTime`."""
        return candidates.ended_on(self)


@value_type(
    description="The contact data of a candidate; visible only to recruiters who acquired it.", policy=with_parent
)
class CandidateContact:
    """Columns of a resume and of its job target."""

    name: str = column("The name.")
    phone: str = column("The telephone number.")
    qq: str | None = column("The QQ number; null or empty if unknown.")
    email: str | None = column("The e-mail address; null or empty if unknown.")
    acquired_at: datetime.datetime = column("The time when the recruiter acquired it.")


@value_type(description="A certification of the developer platform.", policy=with_parent)
class CandidateCertification:
    """An approved row of `certifications`."""

    kind: CertificationKind = column("The subject of a certification.")
    reviewed_at: datetime.datetime | None = column("The time of the certification.")


@value_type(description="A certified prize in a competition.", policy=with_parent)
class CandidateAward:
    """A row of `awards` whose certification is approved."""

    competition: str = column("The competition.")
    level: DictionaryEntry | None = link("The level of the award.", "level_id", dictionaries.by_id)


@value_type(
    description="The education of a person with a certified name, as stated on the developer platform.",
    policy=with_parent,
)
class CandidateEducation:
    """A row of `educations`."""

    institution: str = column("The school.")
    level: DictionaryEntry | None = link("The degree.", "level_id", dictionaries.by_id)


@value_type(description="The employment goal of a student who shows it to recruiters.", policy=with_parent)
class CandidateGoal:
    """A row of `employment_goals`."""

    status: EmploymentStatus = column("The status of the job hunt.")
    target_company: str = column("The company.")
    target_job: str = column("The job.")
    target_salary: str = column("The salary, in the student's words.")
    target_area: str = column("The area.")


@node_type(
    description=(
        "A resume as recruiters see it: without name and address, and without a contact until they acquired it."
        " Recruiters see the public resumes recommended for their feeds, and those on their watch list."
    ),
    policy=signed_in,
    by_id=candidates.by_id,
)
class CandidateResume(Node):
    """Columns of `resumes`."""

    position: str = column("The desired position; empty without a preference.")
    age: int = column("The age; 0 if unknown. It does not affect the score.")
    gender: Gender = column("The gender. It does not affect the score.")
    province: str = column("The province of residence; empty if unknown.")
    city: str = column("The city of residence; empty if unknown.")
    visibility: ResumeVisibility = column("SECRET for a watched resume that its owner has hidden.")
    is_signed: bool = column(
        "Whether they signed a contract already: their contact is then acquired with `acceptSigned` only."
    )
    job_target: JobTarget | None = link("The desired job; null if not stated.", "id", targets.of_resumes)
    jobs: list[CandidateJob] = list_link(
        "Where they worked, the latest first.", "id", candidates.jobs_of_resumes, at_most=MAX_ENTRIES
    )
    studies: list[CandidateStudy] = list_link(
        "Where they studied, the latest first.", "id", candidates.studies_of_resumes, at_most=MAX_ENTRIES
    )
    contact: CandidateContact | None = link(
        "The contact data; null until it was acquired, and while the resume is secret.",
        "id",
        candidates.contacts_of_resumes,
    )
    person: User | None = link(
        "The owner of the resume; null until the contact was acquired, and while the resume is secret.",
        "id",
        candidates.people_of_resumes,
    )
    certifications: list[CandidateCertification] = list_link(
        "What the developer platform certified.",
        "user_id",
        candidates.certifications_of_users,
        at_most=MAX_AWARDS + 1,
    )
    awards: list[CandidateAward] = list_link(
        "Their certified awards.", "user_id", candidates.awards_of_users, at_most=MAX_AWARDS
    )
    education: CandidateEducation | None = link(
        "The education on the developer platform; null until the name is certified.",
        "user_id",
        candidates.educations_of_users,
    )
    employment_goal: CandidateGoal | None = link(
        "The employment goal, if the candidate shows it.", "id", candidates.goals_of_resumes
    )

    @resolved("The whole years of work, as stated or else since the first job.")
    async def work_years(self, info: Info) -> int:
        """From the job target or the jobs."""
        resume_id = cast("Any", self).id
        target = await info.context.load(targets.of_resumes, resume_id)
        jobs = await info.context.load(candidates.jobs_of_resumes, resume_id)
        return candidates.years_of(info.context.scope, target.work_years if target is not None else None, jobs)

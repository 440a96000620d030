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


@value_type(description="A job that a candidate had.", policy=with_parent)
class CandidateJob:
    """A row of `resume_work_experiences`."""

    company: str = column("The employer.")
    position: str = column("The position.")
    description: str = column("What the job was.")
    salary: str = column("The salary, as typed.")
    start_time: str = column("From when, as typed.")
    end_time: str = column("Until when, as typed.")
    extras: JSON = column("What else the resume says about it.")

    @resolved("The first day of the month in which it began; null where that cannot be read.")
    def started_on(self) -> datetime.date | None:
        """Out of `startTime`."""
        return candidates.started_on(self)

    @resolved("The first day of the month in which it ended; null while it lasts, and where that cannot be read.")
    def ended_on(self) -> datetime.date | None:
        """Out of `endTime`."""
        return candidates.ended_on(self)

    @resolved("How many months it lasted, until today where it has no end; 0 where that cannot be read.")
    def months(self, info: Info) -> int:
        """Both months counted."""
        return candidates.months_of(info.context.scope, self)


@value_type(description="Where a candidate studied.", policy=with_parent)
class CandidateStudy:
    """A row of `resume_educations`."""

    school: str = column("The school.")
    degree: str = column("A key of the dictionary EDUCATION, or a text.")
    major: str = column("The major.")
    start_time: str = column("From when, as typed.")
    end_time: str = column("Until when, as typed.")

    @resolved("The degree in words.")
    async def degree_name(self, info: Info) -> str:
        """The entry's name where it is a key."""
        entry = await info.context.load(dictionaries.educations_by_key, self.degree)
        return self.degree if entry is None else str(entry.name)

    @resolved("The first day of the month in which it began; null where that cannot be read.")
    def started_on(self) -> datetime.date | None:
        """Out of `startTime`."""
        return candidates.started_on(self)

    @resolved("The first day of the month in which it ended; null while it lasts, and where that cannot be read.")
    def ended_on(self) -> datetime.date | None:
        """Out of `endTime`."""
        return candidates.ended_on(self)


@value_type(description="How to reach a candidate; only who acquired the contact sees it.", policy=with_parent)
class CandidateContact:
    """Columns of a resume and of its job target."""

    name: str = column("The name.")
    phone: str = column("The telephone number.")
    qq: str | None = column("The QQ number; null or empty if unknown.")
    email: str | None = column("The e-mail address; null or empty if unknown.")
    acquired_at: datetime.datetime = column("When the recruiter acquired it.")


@value_type(description="Something that the developer platform certified.", policy=with_parent)
class CandidateCertification:
    """An approved row of `certifications`."""

    kind: CertificationKind = column("What is certified.")
    reviewed_at: datetime.datetime | None = column("When it was certified.")


@value_type(description="A certified prize in a competition.", policy=with_parent)
class CandidateAward:
    """A row of `awards` whose certification is approved."""

    competition: str = column("The competition.")
    level: DictionaryEntry | None = link("The level of the award.", "level_id", dictionaries.by_id)


@value_type(
    description="Where a person whose name is certified studied, as they told the platform.", policy=with_parent
)
class CandidateEducation:
    """A row of `educations`."""

    institution: str = column("The school.")
    level: DictionaryEntry | None = link("The degree.", "level_id", dictionaries.by_id)


@value_type(description="The job that a student aims for, who shows it to recruiters.", policy=with_parent)
class CandidateGoal:
    """A row of `employment_goals`."""

    status: EmploymentStatus = column("How the job hunt stands.")
    target_company: str = column("The company.")
    target_job: str = column("The job.")
    target_salary: str = column("The salary, in the student's words.")
    target_area: str = column("Where.")


@node_type(
    description=(
        "A resume as recruiters see it: without name and address, and without a contact until they acquired that. They"
        " see the public ones that a feed of theirs was recommended, and those they watch."
    ),
    policy=signed_in,
    by_id=candidates.by_id,
)
class CandidateResume(Node):
    """Columns of `resumes`."""

    position: str = column("The position they wish for; empty for none in particular.")
    age: int = column("The age; 0 if unknown. It never scores.")
    gender: Gender = column("The gender. It never scores.")
    province: str = column("The province where they live; empty if unknown.")
    city: str = column("The city where they live; empty if unknown.")
    visibility: ResumeVisibility = column("SECRET for a watched resume whose owner does not show it any more.")
    is_signed: bool = column(
        "Whether they signed a contract already: their contact is then acquired with `acceptSigned` only."
    )
    job_target: JobTarget | None = link("What they look for; null where they do not say.", "id", targets.of_resumes)
    jobs: list[CandidateJob] = list_link(
        "Where they worked, the latest first.", "id", candidates.jobs_of_resumes, at_most=MAX_ENTRIES
    )
    studies: list[CandidateStudy] = list_link(
        "Where they studied, the latest first.", "id", candidates.studies_of_resumes, at_most=MAX_ENTRIES
    )
    contact: CandidateContact | None = link(
        "How to reach them; null until it was acquired, and while the resume is secret.",
        "id",
        candidates.contacts_of_resumes,
    )
    person: User | None = link(
        "Whose resume it is; null until the contact was acquired, and while the resume is secret.",
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
        "Where they studied, once their name is certified.", "user_id", candidates.educations_of_users
    )
    employment_goal: CandidateGoal | None = link(
        "The job they aim for, if they chose to show it.", "id", candidates.goals_of_resumes
    )

    @resolved("The whole years of work: as they say, or else since their first job.")
    async def work_years(self, info: Info) -> int:
        """From the job target or the jobs."""
        resume_id = cast("Any", self).id
        target = await info.context.load(targets.of_resumes, resume_id)
        jobs = await info.context.load(candidates.jobs_of_resumes, resume_id)
        return candidates.years_of(info.context.scope, target.work_years if target is not None else None, jobs)

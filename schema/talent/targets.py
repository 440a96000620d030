"""What people look for in a job."""

from typing import Any, cast

import strawberry

from auth.policies import owner, signed_in, with_parent
from models.errors import InvalidInput, NotFound
from models.reference import DictionaryKind
from models.talent.vocabulary import HuntingState, JobCategory, TalentLevel
from resolvers.dictionaries import MAX_CHOICES
from resolvers.talent import targets
from resolvers.talent.targets import MAX_AREA, MAX_AREAS, MAX_EVALUATION, MAX_SALARY, MAX_YEARS, TargetDraft
from schema.engine.context import Info
from schema.engine.fields import column, from_row, link, resolved
from schema.engine.mutations import changed, mutation, payload_type
from schema.engine.texts import Code, Email
from schema.engine.types import extends, input_type, root_type, value_type
from schema.reference import DictionaryEntry, chosen
from schema.signing.resumes import Resume
from schema.talent import vocabulary as vocabulary


@value_type(
    description="The desired job of a person; values that were not stated are null or empty.", policy=with_parent
)
class JobTarget:
    """A row of `job_targets`, with the user id of its owner."""

    level: TalentLevel | None = column("The career level.")
    category: JobCategory | None = column("The kind of employment.")
    hunting_state: HuntingState | None = column("The state of the job hunt.")
    salary_min: int | None = column("The minimum salary, in yuan per month.")
    salary_max: int | None = column("The desired salary, in yuan per month.")
    work_years: int | None = column("The stated years of work.")
    self_evaluation: str = column("The self-evaluation; empty if unknown.")
    shows_goals: bool = column("Whether recruiters may see the employment goal.")
    qq: str | None = column("The QQ number; recruiters see it after they acquired the contact.", policy=owner)
    email: str | None = column("The e-mail address; recruiters see it after they acquired the contact.", policy=owner)
    domains: list[DictionaryEntry] = chosen("The domains.", DictionaryKind.JOB_DOMAIN, column="domains")

    @resolved("In which cities, in their order.", at_most=MAX_AREAS)
    async def areas(self, info: Info) -> list[str]:
        """From `job_target_areas`."""
        rows = await info.context.load(targets.areas_of_resumes, cast("Any", self).resume_id)
        return [row.area for row in rows]


@extends(Resume)
class ResumeTarget:
    """What a resume's person looks for."""

    job_target: JobTarget | None = link("The desired job; null if not stated.", "id", targets.of_resumes)


@input_type(
    description="The input of `updateJobTarget`: the caller's job target, which replaces the present one as a whole."
)
class UpdateJobTargetInput:
    """The input of `updateJobTarget`."""

    level: TalentLevel | None = strawberry.field(default=None, description="The career level.")
    category: JobCategory | None = strawberry.field(default=None, description="The kind of employment.")
    hunting_state: HuntingState | None = strawberry.field(default=None, description="The state of the job hunt.")
    salary_min: int | None = strawberry.field(
        default=None, description=f"The minimum salary, in yuan per month, at most {MAX_SALARY}."
    )
    salary_max: int | None = strawberry.field(
        default=None, description=f"The desired salary, in yuan per month, at most {MAX_SALARY}."
    )
    work_years: int | None = strawberry.field(default=None, description=f"The years of work, at most {MAX_YEARS}.")
    areas: list[str] = strawberry.field(
        default_factory=list, description=f"Cities of at most {MAX_AREA} characters; at most {MAX_AREAS}."
    )
    domains: list[int] = strawberry.field(
        default_factory=list, description=f"Numbers of the dictionary JOB_DOMAIN; at most {MAX_CHOICES}."
    )
    self_evaluation: str = strawberry.field(
        default="", description=f"The self-evaluation, at most {MAX_EVALUATION} characters."
    )
    qq: Code = strawberry.field(default="", description="The QQ number.")
    email: Email = strawberry.field(default="", description="The e-mail address.")
    shows_goals: bool = strawberry.field(
        default=False, description="Whether recruiters may see the caller's employment goal."
    )


@payload_type(description="The result of `updateJobTarget`.")
class UpdateJobTargetPayload:
    """The resume, NOT_FOUND or INVALID_INPUT."""

    resume: Resume | None = changed("The resume that has the desired job.")


@payload_type(description="The result of `deleteJobTarget`.")
class DeleteJobTargetPayload:
    """The resume or NOT_FOUND."""

    resume: Resume | None = changed("The resume, without a desired job.")


@root_type
class TargetsMutation:
    """Mutations."""

    @mutation("Replace the caller's desired job. Requires a resume.", policy=signed_in, errors=(InvalidInput, NotFound))
    async def update_job_target(self, info: Info, input: UpdateJobTargetInput) -> UpdateJobTargetPayload:
        """Refused with NOT_FOUND without a resume."""
        draft = TargetDraft(**vars(input))
        return UpdateJobTargetPayload(resume=from_row(Resume, await targets.save(info.context.scope, draft)))

    @mutation("Delete the caller's desired job.", policy=signed_in, errors=(NotFound,))
    async def delete_job_target(self, info: Info) -> DeleteJobTargetPayload:
        """Refused with NOT_FOUND where none was stated."""
        return DeleteJobTargetPayload(resume=from_row(Resume, await targets.remove(info.context.scope)))

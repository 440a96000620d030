"""The form of a feed."""

import strawberry

from models.talent.vocabulary import JobCategory, TalentLevel
from resolvers.dictionaries import MAX_CHOICES
from resolvers.talent.feed_form import (
    MAX_KEYWORD,
    MAX_KEYWORDS,
    MAX_NAME,
    MAX_NAMES,
    MAX_SALARY,
    MAX_TEXT,
    MAX_TITLE,
    MIN_SALARY,
    FeedDraft,
)
from schema.engine.types import input_type
from schema.talent import vocabulary as vocabulary


@input_type(description="The form of a feed, which replaces the present one as a whole. All faults are told at once.")
class FeedInput:
    """The draft of a feed; empty values are no values."""

    title: str = strawberry.field(default="", description=f"The job, from 1 to {MAX_TITLE} characters.")
    job_description: str = strawberry.field(
        default="", description=f"The job description, from 1 to {MAX_TEXT} characters."
    )
    skill_required: str = strawberry.field(
        default="", description=f"The required skills, at most {MAX_TEXT} characters."
    )
    salary_min: int = strawberry.field(
        default=0,
        description=f"The minimum salary in yuan per month, from {MIN_SALARY}; 0 with a salaryMax of {MAX_SALARY} is"
        " 面议.",
    )
    salary_max: int = strawberry.field(
        default=0, description=f"The maximum salary: at most twice salaryMin and at most {MAX_SALARY}."
    )
    keywords: list[str] = strawberry.field(
        default_factory=list,
        description=f"From 1 to {MAX_KEYWORDS} keywords, each of at most {MAX_KEYWORD} characters.",
    )
    areas: list[str] = strawberry.field(
        default_factory=list, description=f"Cities: at most {MAX_NAMES} of at most {MAX_NAME} characters."
    )
    welfare: list[str] = strawberry.field(
        default_factory=list, description=f"Benefits: at most {MAX_NAMES} of at most {MAX_NAME} characters."
    )
    levels: list[TalentLevel] = strawberry.field(default_factory=list, description="The levels; empty for any.")
    company_preferences: list[int] = strawberry.field(
        default_factory=list, description=f"Numbers of the dictionary COMPANY_PREFERENCE; at most {MAX_CHOICES}."
    )
    domains: list[int] = strawberry.field(
        default_factory=list,
        description=f"The job's domains, numbers of the dictionary JOB_DOMAIN; at most {MAX_CHOICES}.",
    )
    company_domains: list[int] = strawberry.field(
        default_factory=list,
        description=f"The company's domains, numbers of the dictionary JOB_DOMAIN; at most {MAX_CHOICES}.",
    )
    category: JobCategory | None = strawberry.field(
        default=None, description="The kind of employment; unchanged if omitted, FULL_TIME for a new feed."
    )
    accepts_partners: bool | None = strawberry.field(
        default=None,
        description="Whether talent partners may recommend people for it; unchanged if omitted, false for a new feed.",
    )

    def draft(self) -> FeedDraft:
        """As the business takes it."""
        return FeedDraft(**vars(self))

"""Feeds: the jobs that recruiters describe."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from models.base import Entity, reference, table_arguments
from models.talent.vocabulary import JobCategory


class Feed(Entity, table=True):
    """A job that a recruiter has talent recommended for. Salaries are in yuan a month, (0, 1000000) means 面议.

    `keywords`, `areas` and `welfare` are lists of texts, `levels` of TalentLevel, `company_preferences`,
    `domains` and `company_domains` of numbers of their dictionaries. A deleted feed stays as a row.
    """

    __tablename__ = "feeds"
    __table_args__ = table_arguments(
        Index("ix_feeds_user_id_id", "user_id", "deleted_at", "id"),
        Index("ix_feeds_user_id_updated_at_id", "user_id", "updated_at", "id"),
    )

    user_id: int = reference("users")
    package_id: int | None = reference("packages", kept=True)
    title: str = Field(max_length=64)
    job_description: str = Field(sa_type=Text)
    skill_required: str = Field(default="", sa_type=Text)
    salary_min: int
    salary_max: int
    keywords: list[Any] = Field(default_factory=list, sa_type=JSON)
    areas: list[Any] = Field(default_factory=list, sa_type=JSON)
    welfare: list[Any] = Field(default_factory=list, sa_type=JSON)
    levels: list[Any] = Field(default_factory=list, sa_type=JSON)
    company_preferences: list[Any] = Field(default_factory=list, sa_type=JSON)
    domains: list[Any] = Field(default_factory=list, sa_type=JSON)
    company_domains: list[Any] = Field(default_factory=list, sa_type=JSON)
    category: str = Field(default=JobCategory.FULL_TIME, max_length=16)
    accepts_partners: bool = False
    """Whether talent partners may recommend people for it."""
    viewed_at: datetime
    """When its recruiter last looked at it: created, listed or edited it."""
    listed_at: datetime | None = None
    """When its recruiter last asked for the first page of the old API's list, whose further pages belong to it."""
    calculated_at: datetime | None = None
    """When its recommendations were first computed."""
    loosening_hints: list[Any] | None = Field(default=None, sa_type=JSON)
    """What it could do without: objects of component, keyword and would_fit. None where enough resumes fit."""
    deleted_at: datetime | None = None

"""Job targets: the desired job of a person, in addition to the resume."""

from typing import Any

from sqlalchemy import JSON, Index, Text
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class JobTarget(Entity, table=True):
    """The wishes of a resume's owner, and how recruiters reach them besides the phone. Salaries are in yuan a month.

    `domains` are numbers of the dictionary JOB_DOMAIN. Everything may be unknown.
    """

    __tablename__ = "job_targets"
    __table_args__ = table_arguments()

    resume_id: int = reference("resumes", unique=True)
    level: str | None = Field(default=None, max_length=16)
    category: str | None = Field(default=None, max_length=16)
    hunting_state: str | None = Field(default=None, max_length=16)
    salary_min: int | None = None
    salary_max: int | None = None
    work_years: int | None = None
    domains: list[Any] = Field(default_factory=list, sa_type=JSON)
    self_evaluation: str = Field(default="", sa_type=Text)
    qq: str = Field(default="", max_length=16)
    email: str = Field(default="", max_length=255)
    shows_goals: bool = False
    """Whether recruiters may see the person's employment goal."""


class TargetArea(Entity, table=True):
    """A city where somebody wants to work; ids keep their order."""

    __tablename__ = "job_target_areas"
    __table_args__ = table_arguments(Index("ix_job_target_areas_resume_id", "resume_id", "area"))

    resume_id: int = reference("resumes")
    area: str = Field(max_length=32)

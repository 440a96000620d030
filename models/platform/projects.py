"""Projects, their participants, and the instances that these work on."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class ProjectStatus(StrEnum):
    """Where a project stands."""

    REGISTRATION = "registration"
    ING = "ing"
    ITERATION = "iteration"
    END = "end"


class InstanceStatus(StrEnum):
    """Where an instance stands. In the last two it runs no more."""

    CREATING = "creating"
    CODING = "coding"
    TRAINING = "training"
    TRAINING_COMPLETED = "training_completed"
    TESTING = "testing"
    FINISHED_TEST = "finished_test"
    STOP = "stop"
    PROJECT_DEADLINE = "project_deadline"


_IS_RETIRED = text("retired_at IS NOT NULL")
"""An index of the few alone is no way into the list of the others."""


class Project(Entity, table=True):
    """A project that developers may join from a level on. A retired one is not listed, and nobody works in it."""

    __tablename__ = "projects"
    __table_args__ = table_arguments(
        Index("ix_projects_status_id", "status", "id"),
        Index("ix_projects_updated_at_id", "updated_at", "id"),
        Index("ix_projects_name_id", "name", "id"),
        Index("ix_projects_purchase_budget_id", "purchase_budget", "id"),
        Index("ix_projects_retired_at", "retired_at", sqlite_where=_IS_RETIRED, postgresql_where=_IS_RETIRED),
    )

    name: str = Field(max_length=255)
    status: str = Field(max_length=16)
    purchase_budget: int
    introduction: str = Field(sa_type=Text)
    domain_id: int = reference("dictionary_entries", index=True)
    research_direction_id: int = reference("dictionary_entries", index=True)
    level: int
    delivery_at: datetime | None = None
    retired_at: datetime | None = None


class Participation(Entity, table=True):
    """That a developer takes part in a project. The row of who left stays, for the instances that were paid in it."""

    __tablename__ = "participations"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "project_id"),
        Index("ix_participations_user_id_id", "user_id", "id"),
        Index("ix_participations_project_id_id", "project_id", "id"),
    )

    user_id: int = reference("users")
    project_id: int = reference("projects")
    left_at: datetime | None = None


class Instance(Entity, table=True):
    """A machine that a participant works on, at the price agreed when it was made.

    `running` is true while it runs and null afterwards, so that the unique constraint allows one running
    instance a participation. The last four columns are set when it is settled.
    """

    __tablename__ = "instances"
    __table_args__ = table_arguments(
        UniqueConstraint("participation_id", "running"),
        Index("ix_instances_participation_id_id", "participation_id", "id"),
    )

    participation_id: int = reference("participations")
    name: str = Field(max_length=255)
    gpu: int
    cpu: int
    ram: int
    status: str = Field(max_length=32)
    running: bool | None = True
    credits_per_hour: int
    stopped_at: datetime | None = None
    minutes: int = 0
    consumed: int = 0
    unpaid: int = 0

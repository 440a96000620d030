"""What students aim for: a job, a postgraduate place, or both."""

from enum import StrEnum

from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class GoalDirection(StrEnum):
    """A direction a student pursues after the degree."""

    POSTGRADUATE = "postgraduate"
    EMPLOYMENT = "employment"


class EmploymentStatus(StrEnum):
    """How the job hunt stands."""

    SEEKING = "seeking"
    OFFER_RECEIVED = "offer_received"


class EmploymentGoal(Entity, table=True):
    """The job a user aims for; one a user."""

    __tablename__ = "employment_goals"
    __table_args__ = table_arguments()

    user_id: int = reference("users", unique=True)
    status: str = Field(max_length=16)
    target_company: str = Field(max_length=255)
    target_job: str = Field(max_length=255)
    target_salary: str = Field(max_length=64)
    target_area: str = Field(max_length=255)


class PostgraduateGoal(Entity, table=True):
    """The postgraduate place a user aims for; one a user."""

    __tablename__ = "postgraduate_goals"
    __table_args__ = table_arguments()

    user_id: int = reference("users", unique=True)
    target_university: str = Field(max_length=255)
    target_major: str = Field(max_length=255)
    target_score: float

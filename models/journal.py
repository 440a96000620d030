"""Work logs: one per company, with status lines."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class WorkLogStage(StrEnum):
    """Where an application stands after a status line."""

    IN_PROGRESS = "in_progress"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class WorkLog(Entity, table=True):
    """One application of a user to a company."""

    __tablename__ = "work_logs"
    __table_args__ = table_arguments(
        Index("ix_work_logs_user_id_id", "user_id", "id"),
        Index("ix_work_logs_user_id_created_at", "user_id", "created_at"),
        Index("ix_work_logs_user_id_updated_at_id", "user_id", "updated_at", "id"),
        Index("ix_work_logs_user_id_company_name_id", "user_id", "company_name", "id"),
    )

    user_id: int = reference("users")
    company_name: str = Field(max_length=255)
    job: str = Field(max_length=255)
    salary: str = Field(max_length=64)
    location: str = Field(max_length=255)


class WorkLogStatusLine(Entity, table=True):
    """One step of an application. `recorded_at` is the time its owner gave, to the millisecond."""

    __tablename__ = "work_log_status_lines"
    __table_args__ = table_arguments(
        Index("ix_work_log_status_lines_work_log_id_id_stage", "work_log_id", "id", "stage")
    )

    work_log_id: int = reference("work_logs")
    recorded_at: datetime
    status: str = Field(max_length=1000)
    stage: str | None = Field(default=None, max_length=16)

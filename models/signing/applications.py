"""Sign applications: a person applies to sign a contract with a company."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments


class SignApplicationStatus(StrEnum):
    """签约状态."""

    APPLIED = "applied"
    AWAITING_SIGNATURE = "awaiting_signature"
    SIGNED = "signed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class SignApplication(Entity, table=True):
    """One application of a user with their resume.

    `open` is true while it waits for a decision or a signature and null otherwise, so that the unique
    constraint allows a user one open application. `terms` are fixed when it is approved, as canonical JSON;
    the signature is its time, the address it came from and the hash of the terms. It outlives its resume.
    """

    __tablename__ = "sign_applications"
    __table_args__ = table_arguments(
        UniqueConstraint("user_id", "open"),
        Index("ix_sign_applications_user_id_id", "user_id", "id"),
        Index("ix_sign_applications_user_id_applied_at_status", "user_id", "applied_at", "status"),
        Index("ix_sign_applications_resume_id_id", "resume_id", "id"),
        Index("ix_sign_applications_handler_id_id", "handler_id", "id"),
        Index("ix_sign_applications_contract_id", "contract_id"),
        Index("ix_sign_applications_status_id", "status", "id"),
        Index("ix_sign_applications_company_id_id", "company_id", "id"),
        Index("ix_sign_applications_updated_at_id", "updated_at", "id"),
        Index("ix_sign_applications_user_id_updated_at_id", "user_id", "updated_at", "id"),
        Index("ix_sign_applications_handler_id_updated_at_id", "handler_id", "updated_at", "id"),
    )

    user_id: int = reference("users")
    resume_id: int | None = reference("resumes", kept=True)
    company_id: int | None = reference("companies", kept=True)
    handler_id: int | None = reference("handlers", kept=True)
    position: str = Field(default="", max_length=16)
    status: str = Field(max_length=32)
    open: bool | None = True
    applied_at: datetime
    reason: str = Field(default="", max_length=256)
    contract_id: int | None = reference("contracts", kept=True)
    entry_date: date | None = None
    salary_cents: int | None = Field(default=None, sa_type=BIG_ID)
    terms: str | None = Field(default=None, sa_type=Text)
    terms_hash: str | None = Field(default=None, max_length=64)
    signed_at: datetime | None = None
    signed_from: str | None = Field(default=None, max_length=64)

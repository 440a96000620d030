"""Notifications of users."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments


class NotificationKind(StrEnum):
    """What a notification is about."""

    SIGN_APPLICATION_SUBMITTED = "sign_application_submitted"
    SIGN_APPLICATION_APPROVED = "sign_application_approved"
    SIGN_APPLICATION_REJECTED = "sign_application_rejected"
    SIGN_APPLICATION_CANCELLED = "sign_application_cancelled"
    CONTRACT_SIGNED = "contract_signed"
    STAFF_APPLICATION_APPROVED = "staff_application_approved"
    STAFF_APPLICATION_REJECTED = "staff_application_rejected"
    COMPANY_MEMBERSHIP_APPROVED = "company_membership_approved"
    COMPANY_MEMBERSHIP_REJECTED = "company_membership_rejected"
    RECRUITER_APPROVED = "recruiter_approved"
    CONTACT_ACQUIRED = "contact_acquired"
    POST_COMMENTED = "post_commented"
    CERTIFICATION_APPROVED = "certification_approved"
    CERTIFICATION_REJECTED = "certification_rejected"
    PROJECT_MOVED = "project_moved"
    RESUME_SENT = "resume_sent"
    RESUME_RECOMMENDED = "resume_recommended"


class Notification(Entity, table=True):
    """Something that a person is told, and about which object.

    A row with a `collecting_key` counts what happens to its object until it is read: then the key is null, and the
    next one makes another row. The constraint on the key decides who of several at once makes the row.
    """

    __tablename__ = "notifications"
    __table_args__ = table_arguments(
        Index("ix_notifications_user", "user_id", "id"),
        Index("ix_notifications_unread", "user_id", "read_at"),
    )

    user_id: int = reference("users")
    kind: str = Field(max_length=32)
    text: str = Field(max_length=500)
    subject_type: str = Field(max_length=64)
    """The graph's name of the object's type."""
    subject_id: int = Field(sa_type=BIG_ID)
    read_at: datetime | None = None
    occurrences: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    collecting_key: str | None = Field(default=None, max_length=64, unique=True)

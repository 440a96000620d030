"""The claims of developers (real names, awards), and the decisions of reviewers."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from models.base import BIG_ID, Entity, reference, table_arguments


class CertificationKind(StrEnum):
    """What is certified."""

    REAL_NAME = "real_name"
    AWARD = "award"


class ReviewStatus(StrEnum):
    """Where a certification stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class Certification(Entity, table=True):
    """A claim under review: what it says is in the table of its kind.

    Each submission is a new revision, so that a reviewer decides on what they saw and on nothing newer.
    """

    __tablename__ = "certifications"
    __table_args__ = table_arguments(
        Index("ix_certifications_user_id_id", "user_id", "id"),
        Index("ix_certifications_status_id", "status", "id"),
        Index("ix_certifications_kind_id", "kind", "id"),
    )

    user_id: int = reference("users")
    kind: str = Field(max_length=16)
    status: str = Field(max_length=16)
    revision: int
    submitted_at: datetime
    message: str = Field(default="", max_length=255)
    reviewer_id: int | None = Field(default=None, foreign_key="users.id", sa_type=BIG_ID, ondelete="SET NULL")
    reviewed_at: datetime | None = None


class RealName(Entity, table=True):
    """A person's name and document. The number is encrypted.

    `claimed_number` is its keyed hash while the claim is in review or approved, and null once it is rejected.
    The unique constraint keeps two people from holding one number.
    """

    __tablename__ = "real_names"
    __table_args__ = table_arguments()

    user_id: int = reference("users", unique=True)
    certification_id: int = reference("certifications", unique=True)
    actual_name: str = Field(max_length=64)
    certificate_type_id: int = reference("dictionary_entries")
    encrypted_number: bytes = Field(sa_type=LargeBinary)
    claimed_number: str | None = Field(default=None, max_length=64, unique=True)
    upload_id: int = reference("uploads")


class Award(Entity, table=True):
    """A prize in a competition."""

    __tablename__ = "awards"
    __table_args__ = table_arguments(Index("ix_awards_user_id_id", "user_id", "id"))

    user_id: int = reference("users")
    certification_id: int = reference("certifications", unique=True)
    competition: str = Field(max_length=255)
    level_id: int = reference("dictionary_entries")


class AwardPicture(Entity, table=True):
    """A picture that proves an award; ids keep the order of the form."""

    __tablename__ = "award_pictures"
    __table_args__ = table_arguments(UniqueConstraint("award_id", "upload_id"))

    award_id: int = reference("awards")
    upload_id: int = reference("uploads")


class Education(Entity, table=True):
    """Where a developer studied; one a user."""

    __tablename__ = "educations"
    __table_args__ = table_arguments()

    user_id: int = reference("users", unique=True)
    institution: str = Field(max_length=255)
    level_id: int = reference("dictionary_entries")
    project_experience: str = Field(sa_type=Text)


class Occupation(Entity, table=True):
    """Where a developer works; one a user."""

    __tablename__ = "occupations"
    __table_args__ = table_arguments()

    user_id: int = reference("users", unique=True)
    organization: str = Field(max_length=255)
    position_id: int = reference("dictionary_entries")
    project_experience: str = Field(sa_type=Text)


class OccupationDomain(Entity, table=True):
    """A domain in which a developer works; ids keep the order of the form."""

    __tablename__ = "occupation_domains"
    __table_args__ = table_arguments(UniqueConstraint("user_id", "entry_id"))

    user_id: int = reference("users")
    entry_id: int = reference("dictionary_entries")

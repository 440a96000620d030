"""Recruiters: registrations, company memberships and packages."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, Text, UniqueConstraint
from sqlmodel import Field

from models.base import Entity, reference, table_arguments
from models.signing.companies import COMPANY_NAME


class MembershipStatus(StrEnum):
    """Whether a recruiter speaks for their company."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class RecruiterRegistration(Entity, table=True):
    """Somebody who registered as a recruiter and has not opened the link that was mailed.

    There is no user yet: the address is not proven. So registrations of one address stand beside each other, as many
    as there are slots, and the link of each makes the account that it describes.
    """

    __tablename__ = "recruiter_registrations"
    __table_args__ = table_arguments(UniqueConstraint("email", "slot"))

    email: str = Field(max_length=255)
    slot: int
    password_hash: str = Field(max_length=72)
    company_name: str = Field(max_length=COMPANY_NAME)
    phone: str = Field(max_length=32)
    token_hash: str = Field(max_length=64, unique=True)
    """Of the token in the link that activates the account."""
    link_key: str = Field(max_length=64)
    """What the token is made from, with a key outside the database, so that the same link can be mailed again."""
    expires_at: datetime


class Recruiter(Entity, table=True):
    """A user with the role RECRUITER. The phone is a contact, no credential.

    Whoever names a new company belongs to it at once; to join one that exists waits for approval.
    """

    __tablename__ = "recruiters"
    __table_args__ = table_arguments(
        Index("ix_recruiters_company_id_membership", "company_id", "membership", "id"),
        Index("ix_recruiters_company_id_id", "company_id", "id"),
        Index("ix_recruiters_membership_id", "membership", "id"),
        Index("ix_recruiters_created_at_id", "created_at", "id"),
    )

    user_id: int = reference("users", unique=True)
    company_id: int | None = reference("companies", kept=True)
    membership: str = Field(max_length=16)
    phone: str = Field(default="", max_length=32)
    approved_at: datetime | None = None
    """When an administrator approved of them, which opens the contacts of a trial package."""


class CompanyProfile(Entity, table=True):
    """What a company tells candidates. `domains` are numbers of the dictionary JOB_DOMAIN."""

    __tablename__ = "company_profiles"
    __table_args__ = table_arguments()

    company_id: int = reference("companies", unique=True)
    url: str = Field(default="", max_length=255)
    product_url: str = Field(default="", max_length=255)
    stage: str = Field(default="", max_length=32)
    key_points: str = Field(default="", max_length=1000)
    description: str = Field(default="", sa_type=Text)
    domains: list[Any] = Field(default_factory=list, sa_type=JSON)


class Package(Entity, table=True):
    """What a recruiter may do until a day: so many feeds at a time, and so many contacts.

    `feeds_used` are its feeds that are not deleted; the conditional updates of both counters are what keeps
    them within their bounds.
    """

    __tablename__ = "packages"
    __table_args__ = table_arguments(
        Index("ix_packages_user_id_expires_at", "user_id", "expires_at"),
        Index("ix_packages_user_id_id", "user_id", "id"),
    )

    user_id: int = reference("users")
    name: str = Field(max_length=64)
    is_trial: bool = False
    feeds: int
    feeds_used: int = 0
    contacts: int
    contacts_used: int = 0
    expires_at: datetime

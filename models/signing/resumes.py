"""Resumes. The maximum lengths are those of the sign cloud's API document."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, LargeBinary, Text, text
from sqlmodel import Field

from models.base import Entity, reference, table_arguments


class Gender(StrEnum):
    """性别."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"


class MaritalStatus(StrEnum):
    """婚姻状况."""

    SINGLE = "single"
    MARRIED = "married"
    DIVORCED = "divorced"


class PoliticalStatus(StrEnum):
    """政治面貌."""

    PARTY_MEMBER = "party_member"
    LEAGUE_MEMBER = "league_member"
    MASSES = "masses"


class HouseholdType(StrEnum):
    """户口类型."""

    RURAL = "rural"
    URBAN = "urban"


class ResumeVisibility(StrEnum):
    """Whether recruiters may be recommended the resume."""

    PUBLIC = "public"
    SECRET = "secret"


_IS_DELETED = text("deleted_at IS NOT NULL")
"""An index of the few alone is no way into the lists of the others."""


class Resume(Entity, table=True):
    """A person's resume; one a user. The id number is encrypted; `id_number_lookup` is its keyed hash.

    A deleted one is nobody's to see; for a time its owner can restore it, then the row goes.

    A division of an address has the number and the name that the form sent. `phone_verified` tells that
    the owner proved to read messages to `phone`.
    """

    __tablename__ = "resumes"
    __table_args__ = table_arguments(
        Index("ix_resumes_company_id_id", "company_id", "id"),
        Index("ix_resumes_deleted_at", "deleted_at", sqlite_where=_IS_DELETED, postgresql_where=_IS_DELETED),
    )

    user_id: int = reference("users", unique=True)
    name: str = Field(max_length=16)
    phone: str = Field(max_length=16)
    phone_verified: bool = False
    encrypted_id_number: bytes = Field(sa_type=LargeBinary)
    id_number_lookup: str = Field(max_length=64, index=True)
    age: int = 0
    gender: str = Field(default=Gender.UNKNOWN, max_length=16)
    ethnicity: str = Field(default="", max_length=12)
    marital_status: str = Field(max_length=16)
    political_status: str = Field(max_length=16)
    household_type: str = Field(max_length=16)
    registered_province_number: int | None = None
    registered_province_name: str = Field(default="", max_length=16)
    registered_city_number: int | None = None
    registered_city_name: str = Field(default="", max_length=12)
    registered_county_number: int | None = None
    registered_county_name: str = Field(default="", max_length=255)
    registered_detail: str = Field(default="", max_length=16)
    current_province_number: int | None = None
    current_province_name: str = Field(default="", max_length=12)
    current_city_number: int | None = None
    current_city_name: str = Field(default="", max_length=12)
    current_county_number: int | None = None
    current_county_name: str = Field(default="", max_length=255)
    current_detail: str = Field(default="", max_length=255)
    emergency_name: str = Field(default="", max_length=16)
    emergency_phone: str = Field(default="", max_length=32)
    emergency_relationship: str = Field(default="", max_length=32)
    id_card_front_id: int | None = reference("uploads", kept=True)
    id_card_back_id: int | None = reference("uploads", kept=True)
    company_id: int | None = reference("companies", kept=True)
    position: str = Field(default="", max_length=16)
    visibility: str = Field(default=ResumeVisibility.SECRET, max_length=16)
    deleted_at: datetime | None = None


class WorkExperience(Entity, table=True):
    """A job that somebody had; ids keep the order of the form. `extras` are the keys that this table does not know."""

    __tablename__ = "resume_work_experiences"
    __table_args__ = table_arguments(Index("ix_resume_work_experiences_resume_id_id", "resume_id", "id"))

    resume_id: int = reference("resumes")
    company: str = Field(max_length=255)
    position: str = Field(default="", max_length=255)
    start_time: str = Field(default="", max_length=32)
    end_time: str = Field(default="", max_length=32)
    salary: str = Field(default="", max_length=64)
    description: str = Field(default="", sa_type=Text)
    extras: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ResumeEducation(Entity, table=True):
    """Where somebody studied; ids keep the order of the form.

    `degree` is a key of the dictionary EDUCATION, or a text.
    """

    __tablename__ = "resume_educations"
    __table_args__ = table_arguments(Index("ix_resume_educations_resume_id_id", "resume_id", "id"))

    resume_id: int = reference("resumes")
    school: str = Field(max_length=255)
    degree: str = Field(default="", max_length=64)
    major: str = Field(default="", max_length=255)
    start_time: str = Field(default="", max_length=32)
    end_time: str = Field(default="", max_length=32)
    extras: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
